"""Addresses by their URL name, looked up once: their shape never changes while the program runs."""

import re
from functools import cache

from django.urls import reverse

NUMBER = re.compile("[0-9A-HJKMNP-TV-Z]{8}").fullmatch  # of a lead: Crockford characters
FIRST = 1_834_000_001  # stands for a key, and is none that a test or a person would choose


def address(name: str, *args: int | str) -> str:
    """The address of a page. Raises NoReverseMatch where no page of this name takes such arguments.

    Keys and numbers of leads are put into an address that was looked up once; anything else costs
    a look of its own.
    """
    kinds = tuple(map(_kind, args))
    return reverse(name, args=args) if "" in kinds else _written(name, kinds) % args


def _kind(value: object) -> str:
    if type(value) is int and value >= 0:
        return "key"
    return "number" if type(value) is str and NUMBER(value) else ""


@cache
def _written(name: str, kinds: tuple[str, ...]) -> str:
    """The address with a place for each argument."""
    samples = [  # with a letter, which no key has
        "Z" + str(FIRST + at)[-7:] if kind == "number" else FIRST + at
        for at, kind in enumerate(kinds)
    ]
    found = reverse(name, args=samples).replace("%", "%%")
    for sample in samples:
        found = found.replace(str(sample), "%s", 1)
    return found

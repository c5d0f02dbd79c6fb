"""Addresses that never change while the program runs."""

from functools import cache

from django.urls import reverse


@cache
def address(name: str) -> str:
    """The address of a page that takes no arguments, by its URL name; looked up once."""
    return reverse(name)

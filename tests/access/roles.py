"""The columns of the access table, and what a row says."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

ROLES = (
    "anonymous",
    "outsider",
    "coordinator",
    "site_lead",
    "reviewer",
    "sponsor_viewer",
    "administrator",
)
"""`outsider` is a coordinator of another study at another site."""

SIGN_IN = "sign in"  # redirected to the sign-in page


@dataclass(frozen=True)
class Row:
    """One URL name: its method, its arguments made from the world, and the answer per role.

    An answer is a status code, or SIGN_IN. `kwargs` and `data` are called with the test's world
    (see test_access.py).
    """

    method: str
    answers: dict[str, int | str]
    kwargs: Callable[[Any], dict[str, Any]] = field(default=lambda world: {})
    data: Callable[[Any], dict[str, Any]] = field(default=lambda world: {})


def everyone(answer: int | str) -> dict[str, int | str]:
    """The same answer for all roles."""
    return dict.fromkeys(ROLES, answer)


def only(answer: int, *roles: str, others: int = 404) -> dict[str, int | str]:
    """`answer` for `roles`, the sign-in page for somebody who has not, `others` for the rest."""
    row: dict[str, int | str] = dict.fromkeys(ROLES, others)
    return row | {"anonymous": SIGN_IN} | dict.fromkeys(roles, answer)

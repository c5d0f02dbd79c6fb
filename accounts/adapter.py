"""How sign-in behaves: no sign-up of one's own (PR1)."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Accounts come from invitations and from `create_administrator` only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by herself."""
        return False

"""How sign-in behaves: no sign-up of one's own (PR1), the house's words, mail that may fail."""

import logging
from smtplib import SMTPException
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.http import HttpRequest

from accounts.models import User

log = logging.getLogger("trialsnest.mail")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Accounts come from invitations and from `create_administrator` only."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "That email address and password do not belong together.",
        "too_many_login_attempts": "Too many tries. Wait 5 minutes, then try again.",
        "enter_current_password": "This is not your password now.",
        "incorrect_password": "This is not your password.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by herself."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send one mail now. When the mail server is gone the page says so and goes on.

        Every address gets the same answer, known or not: both are sent a mail.
        """
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException) as problem:
            log.error("mail not sent", exc_info=problem)  # noqa: TRY400  (the words stay out)
            messages.error(
                self.request, "The mail could not be sent just now. Try again in a few minutes."
            )

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell somebody that her password changed, at the address she signs in with."""
        super().send_notification_mail(template_prefix, user, context, email or user.email)

"""`manage.py create_administrator EMAIL NAME`: the first account of an installation."""

import secrets
import sys
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from recruitment.models import Role
from recruitment.services.membership import grant_role
from trialsnest.lib import env

VARIABLE = "TRIALSNEST_ADMIN_PASSWORD"


class Command(BaseCommand):
    """Make an account with the administrator's role, or give the role to one that is there.

    May run twice: a password that is there stays as it is.
    """

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Address and name."""
        parser.add_argument("email", help="the address to sign in with")
        parser.add_argument("name", help="the name colleagues see, in quotation marks")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the account and say so in one line; nothing is half made."""
        email = str(options["email"]).strip().lower()
        name = " ".join(str(options["name"]).split())
        if not name:
            raise CommandError("Give a name, in quotation marks.")
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"“{options['email']}” is not an email address.") from None
        with transaction.atomic():
            user = User.objects.filter(email=email).first()
            is_new = user is None
            if user is None:
                user = User.objects.create_user(email, self._password(email, name), name=name)
            if not user.is_active:
                raise CommandError("This account is suspended; another administrator restores it.")
            grant_role(user=user, role=Role.ADMINISTRATOR, scope=None, by=None, at=timezone.now())
        done = "is made" if is_new else "was there and keeps its password"
        self.stdout.write(f"The account {email} {done}; it administers this installation.")

    def _password(self, email: str, name: str) -> str:
        """From the terminal, unseen; without a terminal from the environment."""
        given = env.text(VARIABLE, "")
        if given:
            return self._valid(given, email, name)
        if not sys.stdin.isatty():
            raise CommandError(f"Set {VARIABLE}, or run this at a terminal to be asked for it.")
        self.stdout.write("Leave the password empty to have one made.")
        typed = getpass("Password (15 characters or more): ")
        if not typed:
            made = secrets.token_urlsafe(18)
            self.stdout.write(f"Password: {made}\nIt is shown only now.")
            return made
        if typed != getpass("Password again: "):
            raise CommandError("The two passwords differ; nothing is made.")
        return self._valid(typed, email, name)

    def _valid(self, password: str, email: str, name: str) -> str:
        try:
            validate_password(password, User(email=email, name=name))
        except ValidationError as problem:
            raise CommandError(" ".join(problem.messages)) from None
        return password

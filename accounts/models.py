"""People who sign in. What they may do about studies and leads is granted in recruitment."""

from typing import ClassVar
from zoneinfo import available_timezones

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from trialsnest.lib.field_classes import identifying, operational


def check_time_zone(value: str) -> None:
    """Refuse a zone that the pinned tzdata does not know."""
    if value not in available_timezones():
        raise ValidationError(f"{value} is not a time zone; choose one such as America/New_York.")


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail address."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Make one user. The address is kept in lower case; a second one with it is refused."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str, **fields: object) -> "User":
        """Make one user who runs the installation; it sees no identities by that alone (D11)."""
        return self.create_user(email, password, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in with an e-mail address. `is_active` is False while suspended.

    `removed_at` (UTC): gone for good (D22). The row stays, because the log names it.
    """

    THEMES = (("", "As the system"), ("light", "Light"), ("dark", "Dark"))
    DENSITIES = (("", "Compact"), ("roomy", "Roomy"))

    email = identifying(models.EmailField(max_length=254, unique=True))
    name = identifying(models.CharField(max_length=120))
    time_zone = operational(
        models.CharField(max_length=64, default="America/New_York", validators=[check_time_zone])
    )
    theme = operational(models.CharField(max_length=8, blank=True, default="", choices=THEMES))
    density = operational(models.CharField(max_length=8, blank=True, default="", choices=DENSITIES))
    single_keys = operational(models.BooleanField(default=True))
    opens_next = operational(models.BooleanField(default=True))  # after an outcome, the next lead
    is_active = operational(models.BooleanField(default=True))
    is_demo = operational(models.BooleanField(default=False))
    joined_at = operational(models.DateTimeField(default=timezone.now))
    removed_at = operational(models.DateTimeField(null=True, blank=True))

    objects: ClassVar[UserManager] = UserManager()
    EMAIL_FIELD = USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="user_email_is_lower_case"
            ),
            models.CheckConstraint(
                condition=models.Q(removed_at__isnull=True) | models.Q(is_active=False),
                name="user_removed_is_not_active",
            ),
        ]

    def __str__(self) -> str:
        return f"user {self.pk}"  # never a name: strings end in logs

    @property
    def initials(self) -> str:
        """Up to two letters for the round mark beside the name."""
        words = [word for word in self.name.split() if word]
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

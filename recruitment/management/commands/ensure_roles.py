"""Make the database roles and their rights what the models say."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import ProgrammingError

from recruitment.services.database_roles import ensure_roles
from trialsnest.lib import env


class Command(BaseCommand):
    help = "Make the owner, app and report roles of the database; safe to run twice."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say in one sentence what protects the log, and what is weaker."""
        try:
            sentence = ensure_roles()
        except ProgrammingError as refused:
            sentence = (
                "roles were not made, because this database user may not make them "
                f"({type(refused).__name__}): the log is protected by its triggers alone"
            )
        else:
            if not (settings.AS_OWNER and env.is_set("DATABASE_OWNER_URL")):
                sentence = (
                    "DATABASE_OWNER_URL is not set, so the application owns its tables: the log "
                    "is protected by its triggers, which an owner could take off"
                )
        self.stdout.write(f"Database roles: {sentence}.")

"""Bring the database to this version: migrations, roles, cache table. Safe to run twice."""

import os
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from recruitment.services.database_roles import APP_ROLE, set_app_password
from trialsnest.lib import env


class Command(BaseCommand):
    help = "Migrate, make the database roles, and make the cache table; safe to run twice."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run as the owner of the tables when DATABASE_OWNER_URL names it."""
        if not settings.AS_OWNER and env.is_set("DATABASE_OWNER_URL"):
            owner = os.environ | {"TRIALSNEST_DB_ROLE": "owner"}
            command = [sys.executable, "manage.py", "prepare_database"]
            subprocess.run(command, env=owner, cwd=settings.BASE_DIR, check=True)
            return
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("ensure_roles")
        app = env.database("DATABASE_URL")
        if settings.AS_OWNER and app["USER"] == APP_ROLE and app["PASSWORD"]:
            set_app_password(app["PASSWORD"])

"""Take the demo workspace away; real data stays."""

import os
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from recruitment.demo.clearing import NotTheOwner, clear
from trialsnest.lib import env


class Command(BaseCommand):
    help = "Delete everything of the demo workspace, in one transaction; safe to run twice."

    def handle(self, *args: Any, **options: Any) -> None:
        """One line of counts. Runs as the owner of the tables when DATABASE_OWNER_URL names it.

        The log refuses every DELETE, so recruitment.demo.clearing has to switch its triggers off
        for that one transaction, and only their owner may.
        """
        if not settings.AS_OWNER and env.is_set("DATABASE_OWNER_URL"):
            owner = os.environ | {"TRIALSNEST_DB_ROLE": "owner"}
            command = [sys.executable, "manage.py", "clear_demo"]
            done = subprocess.run(command, env=owner, cwd=settings.BASE_DIR, check=False)
            if done.returncode:
                raise CommandError("The demo was not cleared; the reason is above.")
            return
        try:
            self.stdout.write(clear())
        except NotTheOwner as refusal:
            raise CommandError(str(refusal)) from refusal

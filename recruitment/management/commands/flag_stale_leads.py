"""Flag the leads whose stored deadline has passed."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from recruitment.rules.refusals import Refusal
from recruitment.services.staleness import flag_stale


class Command(BaseCommand):
    help = "Flag leads that went stale; safe to run twice."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--at` is an ISO 8601 time with its offset."""
        parser.add_argument("--at", help="re-run a missed moment, such as 2026-11-20T06:00:00Z")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line of counts."""
        try:
            at = datetime.fromisoformat(options["at"]) if options["at"] else timezone.now()
        except ValueError as error:
            raise CommandError("--at must be a time such as 2026-11-20T06:00:00Z.") from error
        if at.tzinfo is None:
            raise CommandError("--at must say its offset, such as 2026-11-20T06:00:00Z.")
        try:
            flagged = flag_stale(at=at)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{flagged} leads flagged as stale")

"""Fold every lead's log and compare it with the lead's row."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recruitment.models import Lead
from recruitment.queries.projection import differences


class Command(BaseCommand):
    help = "Prove that every lead's row says what its log says. Changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        """One line per difference, and one line of counts last; exit status 1 if any differ."""
        found = 0
        for difference in differences():
            found += 1
            self.stdout.write(
                f"lead {difference.lead_number}: {difference.column} is {difference.row!r}, "
                f"the log says {difference.log!r}"
            )
        line = f"{Lead.objects.count()} leads checked, {found} differences"
        if found:
            raise CommandError(line)
        self.stdout.write(line)

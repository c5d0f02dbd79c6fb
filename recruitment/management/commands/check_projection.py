"""Fold every lead's log and compare it with the lead's row and its clocks."""

from collections.abc import Iterable
from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recruitment.models import Lead
from recruitment.queries.projection import Difference, differences
from recruitment.services.folding import ClockDifference, clock_differences


class Command(BaseCommand):
    help = "Prove that every lead's row and clocks say what its log says. Changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        """One line per difference, and one line of counts last; exit status 1 if any differ."""
        found = 0
        told: Iterable[Difference | ClockDifference] = chain(differences(), clock_differences())
        for difference in told:
            found += 1
            self.stdout.write(
                f"lead {difference.lead_number}: {difference.column} is {difference.row!r}, "
                f"the log says {difference.log!r}"
            )
        line = f"{Lead.objects.count()} leads checked, {found} differences"
        if found:
            raise CommandError(line)
        self.stdout.write(line)

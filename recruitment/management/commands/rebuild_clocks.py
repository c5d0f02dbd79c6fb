"""Write the clocks and deadlines of all leads anew, from their logs."""

from typing import Any

from django.core.management.base import BaseCommand

from recruitment.services.folding import rebuild_clocks


class Command(BaseCommand):
    help = (
        "Fold every lead's log and write its clocks and deadlines. Needed once after an upgrade"
        " from a version without clocks; safe to run twice, and while people work."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """One line of counts."""
        done = rebuild_clocks()
        self.stdout.write(
            f"{done.leads} leads folded, {done.clocks} clocks written,"
            f" deadlines of {done.deadlines} leads written"
        )

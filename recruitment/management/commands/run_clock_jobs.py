"""Run the jobs that look at the time, now or as of a moment that was missed."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from recruitment.rules.refusals import Refusal
from recruitment.services.clock_jobs import CLOCK_JOBS, run_clock_job

SAMPLE = "2026-11-20T06:00:00Z"


class Command(BaseCommand):
    help = "Run every job that looks at the time once; safe to run twice. One line per job."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--at` is an ISO 8601 time with its offset; `--only` may be given several times."""
        parser.add_argument("--only", action="append", choices=list(CLOCK_JOBS), help="this job")
        parser.add_argument("--at", help=f"re-run a missed moment, such as {SAMPLE}")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line per job: its name and what it counted. A time to come is refused."""
        at = _moment(options["at"])
        for name in CLOCK_JOBS:
            if options["only"] and name not in options["only"]:
                continue
            try:
                count = run_clock_job(name, at=at)
            except Refusal as refusal:
                raise CommandError(str(refusal)) from refusal
            self.stdout.write(f"{name}: {count} {CLOCK_JOBS[name][1]}")


def _moment(text: str | None) -> datetime:
    if not text:
        return timezone.now()
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"--at must be a time such as {SAMPLE}.") from error
    if at.tzinfo is None:
        raise CommandError(f"--at must say its offset, such as {SAMPLE}.")
    return at

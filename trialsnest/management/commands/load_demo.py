"""Make the demo workspace: people, studies, sixteen weeks of leads, and the reports of them."""

import time
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from recruitment.demo.clearing import is_unfinished, remove
from recruitment.demo.loading import LEADS, Counts, is_empty, load
from recruitment.demo.people import site_leads
from recruitment.rules.refusals import Refusal
from reporting.models import SponsorReport
from reporting.services.past import draft_and_issue_past
from trialsnest import local

SEED = 2026
REPORTED_WEEKS = 15


class Command(BaseCommand):
    help = "Make the demo workspace as it would stand now, the same for the same seed and moment."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--if-empty` is for every start; `--leads` and `--processes` are for tests."""
        parser.add_argument("--if-empty", action="store_true", help="do nothing if data is here")
        parser.add_argument("--seed", type=int, default=SEED, help="another seed, another history")
        parser.add_argument("--at", help="make it for a past moment, such as 2026-11-20T15:00:00Z")
        parser.add_argument("--leads", type=int, default=LEADS, help="how many leads")
        parser.add_argument("--processes", type=int, choices=(1, 2), default=2)

    def handle(self, *args: Any, **options: Any) -> None:
        """Lines about the progress, and one line of counts last."""
        began = time.monotonic()
        at = _moment(options["at"])
        if options["if_empty"] and not self._is_wanted(at):
            return
        home = local.home()
        home.mkdir(parents=True, exist_ok=True)  # with servers of one's own nothing made it yet
        password = local.secret_values(home, make=True)["TRIALSNEST_DEMO_PASSWORD"]
        try:
            counts = load(
                seed=options["seed"],
                at=at,
                password=password,
                leads=options["leads"],
                processes=options["processes"],
                say=self._say,
            )
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self._report(at, counts, began)

    def _is_wanted(self, at: datetime) -> bool:
        """Whether to load; finishes or clears away what a killed load left."""
        if is_unfinished():
            self._say("Demo: an unfinished load is cleared away first")
            remove()
        if is_empty():
            return True
        leads = site_leads()
        if leads and not SponsorReport.objects.filter(study__is_demo=True).exists():
            draft_and_issue_past(at=at, weeks=REPORTED_WEEKS, by_site=leads)
        self._say("There is data already; the demo workspace is not loaded.")
        return False

    def _report(self, at: datetime, counts: Counts, began: float) -> None:
        self._say("Demo: drafting and issuing the reports of the past weeks")
        past = draft_and_issue_past(at=at, weeks=REPORTED_WEEKS, by_site=site_leads())
        seconds = time.monotonic() - began
        self._say(
            f"Demo: {counts}, {past.issued} reports issued, {past.drafts} drafts, "
            f"{past.papers} papers waiting for the worker, in {seconds:.0f} s"
        )

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _moment(text: str | None) -> datetime:
    """The moment asked for, or now. Raises CommandError unless it is an instant that has passed."""
    if text is None:
        return timezone.now()
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError("--at must be a time such as 2026-11-20T15:00:00Z.") from error
    if at.tzinfo is None:
        raise CommandError("--at must say its offset, such as 2026-11-20T15:00:00Z.")
    if at > timezone.now():
        raise CommandError("--at lies in the future; history cannot be made ahead of time.")
    return at

"""Draft and render the sponsor reports by hand, with the services that beat and worker use."""

import re
from argparse import ArgumentTypeError
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from recruitment.models import Study, StudySite
from recruitment.rules.refusals import Refusal
from reporting.figures.movement import Imbalance
from reporting.models import SponsorReport
from reporting.services.drafts import draft_report, settled_until
from reporting.services.papers import PAPERS, render_paper
from reporting.services.periods import report_time_of, reporting_study_sites
from trialsnest.lib.pdf import RenderFailed
from trialsnest.lib.weeks import Week


def monday_of(text: str) -> date:
    """The Monday of the week that `text` names: 2026-W47, or a date in it."""
    try:
        if re.fullmatch(r"\d{4}-W\d{2}", text):
            return date.fromisoformat(f"{text}-1")
        day = date.fromisoformat(text)
    except ValueError as problem:
        raise ArgumentTypeError(f"“{text}” is no week such as 2026-W47 and no date.") from problem
    return day - timedelta(days=day.weekday())


class Command(BaseCommand):
    help = (
        "Draft the report of every study and site whose cut-off has passed, and render its papers."
        " Safe to run twice: a report that is there stays as it is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Both options narrow; without --week the latest cut-off of each study is taken."""
        parser.add_argument(
            "--week",
            type=monday_of,
            help="the week in which the reports closed, such as 2026-W47, or a date in it",
        )
        parser.add_argument("--study", help="only the study with this code")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line per report that failed, then one line of counts; status 1 if any failed."""
        code, at = options["study"], timezone.now()
        if code and not Study.objects.filter(code=code).exists():
            raise CommandError(f"There is no study with the code {code}.")
        counts: Counter[str] = Counter()
        for study_site in reporting_study_sites():
            if code in {None, study_site.study.code}:
                self._one(study_site, options["week"], at, counts)
        self.stdout.write(
            f"{counts['drafted']} reports drafted, {counts['kept']} already there,"
            f" {counts['rendered']} papers rendered, {counts['none']} not due,"
            f" {counts['failed']} failed"
        )
        if counts["failed"]:
            raise SystemExit(1)

    def _one(
        self, study_site: StudySite, monday: date | None, at: datetime, counts: Counter[str]
    ) -> None:
        cut_off = _cut_off(study_site, monday, at)
        if cut_off is None:
            counts["none"] += 1
            return
        try:
            as_of = settled_until(at, cut_off=cut_off)
            report = draft_report(
                study=study_site.study, site=study_site.site, cut_off=cut_off, as_of=as_of, at=at
            )
            counts["drafted" if report.drafted_at == at else "kept"] += 1
            counts["rendered"] += _render_missing(report, at)
        except (Refusal, Imbalance, RenderFailed) as problem:
            counts["failed"] += 1
            label = f"{study_site.study.code} at {study_site.site.sponsor_label}"
            self.stderr.write(f"{label}: {problem}")


def _cut_off(study_site: StudySite, monday: date | None, at: datetime) -> datetime | None:
    """The latest cut-off, or the one in the week; None when there is none that has passed."""
    times = report_time_of(study_site.study)
    latest = at
    if monday is not None:
        week = Week(monday, times.zone)
        latest = min(at, week.end - timedelta(microseconds=1))
    cut_off = times.last_boundary(latest)
    if monday is not None and cut_off not in week:
        return None
    activated_at = study_site.activated_at
    return cut_off if activated_at is not None and activated_at < cut_off else None


def _render_missing(report: SponsorReport, at: datetime) -> int:
    there = set(report.papers.values_list("size", flat=True))
    missing = [size for size in PAPERS if size not in there]
    for size in missing:
        render_paper(report=report, size=size, at=at)
    return len(missing)

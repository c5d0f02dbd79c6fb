"""Leads that a report need not read from the log: what was kept of them, and which these are (SR2).

What is kept is as the log had it at a moment. A lead of which anything was recorded since is read
from the log again, whatever is kept of it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet

from recruitment.models import Lead, LeadEvent, StudySite
from recruitment.services.attempt_policy import policy_of
from reporting.figures.inputs import LeadFacts, SourceFacts
from reporting.figures.quiet_text import lead_in, share_in
from reporting.figures.report import DEFINITIONS
from reporting.figures.shares import QuietLeads, Share
from reporting.models import QuietLead, QuietLog
from reporting.queries.role import as_report_reader
from trialsnest.lib.prepared import prepared

LOCK = 1201  # the kind of lock, apart from whatever else may be locked by number
Sources = Mapping[int, tuple[SourceFacts, bool]]
"""By key: what is told of a source, and whether its leads are tests."""


def terms_name(study_site: StudySite) -> str:
    """The settings that decide what a log comes to; a name for each that there ever were (CK5)."""
    study, site = study_site.study, study_site.site
    attempts = policy_of(study).attempts
    settings = f"{DEFINITIONS}/{study.settings_version}/{attempts}"
    return f"{settings}/{site.calendar_version}/{site.time_zone}"


@dataclass
class Apart:
    """The leads of one study at one site, those to be read from the log apart from the others.

    `live` are the keys of the former. `touched` are those among them of which something is kept
    that holds no more.
    """

    study_site: StudySite
    live: Sequence[int]
    touched: Sequence[int]
    since: datetime
    until: datetime

    def leads(self, sources: Sources) -> tuple[LeadFacts, ...]:
        """The closed leads that were not quiet yet when the report's oldest window began."""
        return tuple(lead for _, lead in self._read(self.since, self.until, sources))

    def quiet(self, sources: Sources) -> QuietLeads[LeadFacts]:
        """All the others, by their shares. One statement, and one when older ones are asked for."""
        shares = Counter[Share]()
        rows = _shares(place=self.study_site.pk, touched=self.touched, since=self.since)
        for source, text, number in rows:
            _, is_test = sources[source]
            if not is_test:
                shares[share_in(text)] += number
        return QuietLeads(dict(shares), _Recent(self, sources))

    def _read(
        self, since: datetime, until: datetime, sources: Sources
    ) -> list[tuple[datetime, LeadFacts]]:
        rows = _facts(place=self.study_site.pk, touched=self.touched, since=since, until=until)
        return [
            (quiet, lead_in(text, source=sources[source][0]))
            for quiet, source, text in rows
            if not sources[source][1]
        ]


@dataclass
class _Recent:
    """Reads quiet leads as far back as it is asked for, each once, as the report role."""

    apart: Apart
    sources: Sources
    read: list[tuple[datetime, LeadFacts]] = field(default_factory=list)
    back_to: datetime | None = None

    def __call__(self, since: datetime) -> Sequence[LeadFacts]:
        back_to = self.back_to or self.apart.since
        if since < back_to:
            with as_report_reader():
                self.read += self.apart._read(since, back_to, self.sources)
            self.back_to = since
        return [lead for quiet, lead in self.read if quiet >= since]


def read_apart(
    study_site: StudySite, *, cut_off: datetime, as_of: datetime, since: datetime
) -> Apart | None:
    """What a report with this cut-off need not read from the log; None where nothing is kept.

    `since` is when its oldest window begins (all UTC). What was kept is of no use to a report that
    is known earlier, nor under other settings. What is kept stays so until the transaction ends.
    One statement, or five.
    """
    if not _logs(place=study_site.pk):
        return None
    _lock(study_site, "pg_advisory_xact_lock_shared")
    kept = _logs(place=study_site.pk)  # it may have been written anew while we waited
    if not kept or kept[0].as_of > as_of or kept[0].terms != terms_name(study_site):
        return None
    touched = touched_since(study_site, kept[0].as_of)
    live = _live(place=study_site.pk, touched=touched, cut_off=cut_off)
    return Apart(study_site, [lead for (lead,) in live], touched, since, cut_off)


def touched_since(study_site: StudySite, after: datetime) -> list[int]:
    """The leads of which anything was recorded after `after` (UTC). One statement."""
    return [lead for (lead,) in _touched(place=study_site.pk, after=after)]


def lock_for_writing(study_site: StudySite) -> None:
    """Wait for reports that read what is kept, and keep others out until the transaction ends."""
    _lock(study_site, "pg_advisory_xact_lock")


def _lock(study_site: StudySite, how: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {how}(%s, %s)", [LOCK, study_site.pk])


@prepared
def _logs(*, place: int) -> QuerySet[QuietLog, QuietLog]:
    return QuietLog.objects.filter(study_site=place)


@prepared
def _touched(*, place: int, after: datetime) -> QuerySet[LeadEvent, tuple[int]]:
    rows = LeadEvent.objects.filter(study_site=place, recorded_at__gt=after)
    return rows.order_by().values_list("lead").distinct()


@prepared
def _live(*, place: int, touched: Sequence[int], cut_off: datetime) -> QuerySet[Lead, tuple[int]]:
    is_live = Q(quiet__isnull=True) | Q(quiet__quiet_since__gte=cut_off) | Q(pk__in=touched)
    return Lead.objects.filter(is_live, study_site=place).order_by("pk").values_list("pk")


@prepared
def _shares(
    *, place: int, touched: Sequence[int], since: datetime
) -> QuerySet[QuietLead, tuple[Any, ...]]:
    rows = QuietLead.objects.filter(study_site=place, quiet_since__lt=since)
    rows = rows.exclude(pk__in=touched).order_by()
    return (
        rows.values("source", "share")
        .annotate(number=Count("pk"))
        .values_list("source", "share", "number")
    )


@prepared
def _facts(
    *, place: int, touched: Sequence[int], since: datetime, until: datetime
) -> QuerySet[QuietLead, tuple[Any, ...]]:
    rows = QuietLead.objects.filter(
        study_site=place, quiet_since__gte=since, quiet_since__lt=until
    ).exclude(pk__in=touched)
    return rows.order_by("-quiet_since", "-pk").values_list("quiet_since", "source", "facts")

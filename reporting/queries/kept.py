"""Leads that a report need not read from the log: what was kept of them, and which these are (SR2).

What is kept is as the log had it at a moment. A lead of which anything was recorded since is read
from the log again, whatever is kept of it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet

from recruitment.models import Lead, LeadEvent, StudySite
from recruitment.services.attempt_policy import policy_of
from reporting.figures.ahead import sums_of
from reporting.figures.inputs import Inputs, LeadFacts, SourceFacts
from reporting.figures.kept_text import LAYOUT, lead_in, share_in
from reporting.figures.quiet import looked_at_since
from reporting.figures.report import DEFINITIONS
from reporting.figures.shares import CountedAhead, QuietLeads, Share, Sums
from reporting.models import KeptLead, KeptLog
from reporting.queries.role import as_report_reader
from trialsnest.lib.prepared import prepared, prepared_text

LOCK = 1201  # the kind of lock, apart from whatever else may be locked by number
NO_SOURCE = SourceFacts("", "", "")  # sums do not look at it
Sources = Mapping[int, tuple[SourceFacts, bool]]
"""By key: what is told of a source, and whether its leads are tests."""


def terms_name(study_site: StudySite) -> str:
    """The settings that decide what a log comes to, and how that is kept (CK5).

    A name for each that there ever were.
    """
    study, site = study_site.study, study_site.site
    attempts = policy_of(study).attempts
    settings = f"{DEFINITIONS}.{LAYOUT}/{study.settings_version}/{attempts}"
    return f"{settings}/{site.calendar_version}/{site.time_zone}"


@dataclass
class Apart:
    """The leads of one study at one site, those to be read from the log apart from the others.

    `live` are the keys of the former. `touched` are those among them of which something is kept
    that holds no more. `since` is when the report's oldest window begins, `cut_off` when it closes.
    `ahead` is what the others, and the touched ones as they were, add to its sums, by source; None
    where nobody counted that.
    """

    study_site: StudySite
    live: Sequence[int]
    touched: Sequence[int]
    since: datetime
    cut_off: datetime
    ahead: Mapping[int, Sums] | None = None

    def leads(self, sources: Sources) -> Iterator[tuple[int, LeadFacts]]:
        """By key, the others that were not quiet yet when the oldest window began. One statement.

        What an open lead waits for, and the times kept for it, are not among what is kept.
        """
        rows = _not_quiet(
            place=self.study_site.pk, touched=self.touched, since=self.since, cut_off=self.cut_off
        )
        return self._told(rows, sources)

    def quiet(self, sources: Sources) -> QuietLeads[LeadFacts]:
        """The rest, by their shares. One statement, and one when older ones are asked for."""
        shares = Counter[Share]()
        rows = _shares(place=self.study_site.pk, touched=self.touched, since=self.since)
        for source, text, number in rows:
            _, is_test = sources[source]
            if not is_test:
                shares[share_in(text)] += number
        return QuietLeads(dict(shares), _Recent(self, sources))

    def counted_ahead(
        self, frame: Inputs, live: Sequence[LeadFacts], sources: Sources
    ) -> CountedAhead[LeadFacts] | None:
        """The sums of all but the live ones. One statement, or none where nobody counted."""
        if self.ahead is None:
            return None
        total = Sums()
        for source, sums in self.ahead.items():
            _, is_test = sources[source]
            if not is_test:
                total.update(sums)
        rows = _as_kept(leads=self.touched)
        total.subtract(sums_of([lead for _, lead in self._told(rows, sources)], frame))
        return CountedAhead(total, live)

    def _told(
        self, rows: Iterable[tuple[Any, ...]], sources: Sources
    ) -> Iterator[tuple[int, LeadFacts]]:
        for key, source, text in rows:
            told, is_test = sources[source]
            if not is_test:
                yield key, lead_in(text, source=told, at=self.cut_off)


@dataclass
class _Recent:
    """Reads quiet leads as far back as it is asked for, each once, as the report role."""

    apart: Apart
    sources: Sources
    read: list[tuple[datetime, LeadFacts]] = field(default_factory=list)
    back_to: datetime | None = None

    def __call__(self, since: datetime) -> Sequence[LeadFacts]:
        back_to, apart = self.back_to or self.apart.since, self.apart
        if since < back_to:
            place, touched = apart.study_site.pk, apart.touched
            with as_report_reader():
                rows = _quiet_later(place=place, touched=touched, since=since, until=back_to)
            self.read += [
                (quiet, lead_in(text, source=self.sources[source][0], at=apart.cut_off))
                for quiet, source, text in rows
                if not self.sources[source][1]
            ]
            self.back_to = since
        return [lead for quiet, lead in self.read if quiet >= since]


def read_apart(
    study_site: StudySite, *, cut_off: datetime, as_of: datetime, since: datetime, windows: str
) -> Apart | None:
    """What a report with this cut-off need not read from the log; None where nothing is kept.

    `since` is when its oldest window begins, `windows` the name of all of them (all UTC). What was
    kept is of no use to a report that is known earlier, nor under other settings. What is kept
    stays so until the transaction ends. One statement, four, or five.
    """
    if not _logs(place=study_site.pk):
        return None
    _lock(study_site, "pg_advisory_xact_lock_shared")
    found = _logs(place=study_site.pk)  # it may have been written anew while we waited
    if not found or found[0].as_of > as_of or found[0].terms != terms_name(study_site):
        return None
    (kept,) = found
    touched = touched_since(kept)
    ahead = None
    if kept.windows == windows:
        ahead = {int(source): Sums(sums) for source, sums in kept.ahead["sums"].items()}
        live = sorted({*touched, *kept.ahead["apart"]})
    else:
        rows = _live(place=study_site.pk, touched=touched, cut_off=cut_off)
        live = [lead for (lead,) in rows]
    return Apart(study_site, live, touched, since, cut_off, ahead)


def count_ahead(study_site: StudySite, frame: Inputs) -> dict[str, Any]:
    """What all that is kept adds to the report of `frame`, for `KeptLog.ahead`.

    Runs where nobody else writes what is kept. Four statements.
    """
    place, cut_off, since = study_site.pk, frame.header.cut_off, looked_at_since(frame)
    sums = defaultdict[int, Sums](Sums)
    for source, text, number in _shares(place=place, touched=[], since=since):
        sums[source].update(QuietLeads({share_in(text): number}).sums)
    leads = defaultdict[int, list[LeadFacts]](list)
    for _, source, text in _not_quiet(place=place, touched=[], since=since, cut_off=cut_off):
        leads[source].append(lead_in(text, source=NO_SOURCE, at=cut_off))
    for source, found in leads.items():
        sums[source].update(sums_of(found, frame))
    live = _live(place=place, touched=[], cut_off=cut_off)
    return {
        "apart": [lead for (lead,) in live],
        "sums": {
            str(source): {name: n for name, n in of.items() if n} for source, of in sums.items()
        },
    }


def touched_since(kept: KeptLog) -> list[int]:
    """The leads of which anything was told since they were read for what is kept. One statement.

    That is what is recorded by a later time, and what was inserted later by whatever time.
    """
    rows = _touched(place=kept.study_site_id, after=kept.as_of, seen=kept.seen_until)
    return [lead for (lead,) in rows]


def lock_for_writing(study_site: StudySite) -> None:
    """Wait for reports that read what is kept, and keep others out until the transaction ends."""
    _lock(study_site, "pg_advisory_xact_lock")


def _lock(study_site: StudySite, how: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {how}(%s, %s)", [LOCK, study_site.pk])


@prepared
def _logs(*, place: int) -> QuerySet[KeptLog, KeptLog]:
    return KeptLog.objects.filter(study_site=place)


@prepared_text  # few events of a long log, or many of a short one
def _touched(*, place: int, after: datetime, seen: datetime) -> QuerySet[LeadEvent, tuple[int]]:
    is_new = Q(recorded_at__gt=after) | Q(inserted_at__gt=seen)
    rows = LeadEvent.objects.filter(is_new, study_site=place)
    return rows.order_by().values_list("lead").distinct()


@prepared
def _live(*, place: int, touched: Sequence[int], cut_off: datetime) -> QuerySet[Lead, tuple[int]]:
    is_live = Q(kept__isnull=True) | Q(kept__last_at__gte=cut_off) | Q(pk__in=touched)
    return Lead.objects.filter(is_live, study_site=place).order_by("pk").values_list("pk")


@prepared
def _shares(
    *, place: int, touched: Sequence[int], since: datetime
) -> QuerySet[KeptLead, tuple[Any, ...]]:
    rows = KeptLead.objects.filter(study_site=place, quiet_since__lt=since)
    rows = rows.exclude(pk__in=touched).order_by()
    return (
        rows.values("source", "share")
        .annotate(number=Count("pk"))
        .values_list("source", "share", "number")
    )


@prepared
def _not_quiet(
    *, place: int, touched: Sequence[int], since: datetime, cut_off: datetime
) -> QuerySet[KeptLead, tuple[Any, ...]]:
    is_late = Q(quiet_since__isnull=True) | Q(quiet_since__gte=since)
    rows = KeptLead.objects.filter(is_late, study_site=place, last_at__lt=cut_off)
    return rows.exclude(pk__in=touched).order_by("pk").values_list("pk", "source", "facts")


@prepared
def _as_kept(*, leads: Sequence[int]) -> QuerySet[KeptLead, tuple[Any, ...]]:
    rows = KeptLead.objects.filter(pk__in=leads)
    return rows.order_by("pk").values_list("pk", "source", "facts")


@prepared
def _quiet_later(
    *, place: int, touched: Sequence[int], since: datetime, until: datetime
) -> QuerySet[KeptLead, tuple[Any, ...]]:
    """The latest first."""
    rows = KeptLead.objects.filter(
        study_site=place, quiet_since__gte=since, quiet_since__lt=until
    ).exclude(pk__in=touched)
    return rows.order_by("-quiet_since", "-pk").values_list("quiet_since", "source", "facts")

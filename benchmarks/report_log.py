"""One sponsor report among ten million events: what it reads, counts and keeps.

    make bench

A usual study has some 1,800 leads over two years, one has a tenth of all. Both have three issued
reports. What leads come to is kept as every night, and follows the log half an hour before the
report closes; the report is drafted ten minutes after. Beside it, in the same run, the same reports
are made from the whole log, and must be the same.
"""

import sys
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from unittest import mock

from django.db import connection, transaction

from benchmarks.database import copy_of_base, postgres_words, server
from benchmarks.moment import AT
from benchmarks.running import arguments, report
from benchmarks.stopwatch import Stopwatch
from benchmarks.table import Row, machine
from reporting.figures.inputs import Inputs

if TYPE_CHECKING:
    from accounts.models import User
    from recruitment.models import StudySite
    from reporting.figures.report import Report

ROUNDS = {"usual": 15, "large": 3}
USUAL = 5  # studies of the usual size that are measured
REPORTS = 3  # issued before the one that is measured
WEEK, DAY = timedelta(weeks=1), timedelta(days=1)
COUNTED, UNCHECKED, CHECKED, WHOLE = "counted", "unchecked", "checked", "whole"
PROVED, FOLLOWED = "proved", "followed"
AS_OF, SOON = timedelta(minutes=10), timedelta(minutes=30)
LIMITS = {"usual": (0.025, 0.2), "large": (0.1, 2.0)}


def main() -> int:
    """Measure, print, and write the page if asked; 1 if a limit was missed."""
    options = arguments(__doc__)

    def build() -> None:
        from benchmarks.report_leads import build as fill  # models are there only now

        fill(options.leads)

    with server() as url, copy_of_base(url, build, what=f"reports{options.leads}"):
        rows, where = _measure()
    return report("report_log", rows, where, write=options.write)


def _measure() -> tuple[list[Row], str]:
    from recruitment.models import LeadEvent, StudySite  # models are there only now
    from recruitment.services.database_roles import ensure_roles

    ensure_roles()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT study_site_id FROM bench_report_place ORDER BY k LIMIT %s", [USUAL + 1]
        )
        keys = [key for (key,) in cursor.fetchall()]
    StudySite.objects.filter(pk__in=keys).update(activated_at=AT - 105 * WEEK)
    found = StudySite.objects.select_related("study__sponsor", "site").in_bulk(keys)
    large, *usual = (found[key] for key in keys)
    rows = [Row("Events in the log", f"{LeadEvent.objects.count():,}")]
    for name, places in (("usual", usual), ("large", [large])):
        watch = Stopwatch()
        leads = [_prepare(place, watch) for place in places]
        for place in places:
            for turn in range(ROUNDS[name] + 1):
                _one(place, watch if turn else Stopwatch())
            _whole(place, watch)
        rows += _rows(name, sum(leads) // len(leads), watch)
    return rows, machine(postgres_words())


def _rows(name: str, leads: int, watch: Stopwatch) -> list[Row]:
    counting, whole = LIMITS[name]
    what = f"A study of {leads:,} leads"
    return [
        Row(
            f"{what}: movement and funnel of a period, reading included",
            watch.words(COUNTED),
            f"{counting * 1000:,.0f} ms",
            watch.within(COUNTED, counting),
        ),
        Row(
            f"{what}: the whole snapshot but for the check beside earlier reports",
            watch.words(UNCHECKED),
            f"{whole * 1000:,.0f} ms",
            watch.within(UNCHECKED, whole),
        ),
        Row(f"{what}: the same with that check", watch.words(CHECKED)),
        Row(f"{what}: from the whole log, nothing kept", watch.words(WHOLE)),
        Row(f"{what}: every lead folded and what is kept proved, at night", watch.words(PROVED)),
        Row(
            f"{what}: what six hours brought folded, and the report to come counted ahead",
            watch.words(FOLLOWED),
        ),
    ]


def _prepare(place: "StudySite", watch: Stopwatch) -> int:
    """Issue the reports before, and keep what leads come to; how many leads there are."""
    from recruitment.models import Lead
    from reporting.services.drafts import draft_report
    from reporting.services.issuing import issue_report
    from reporting.services.keeping import follow_leads, keep_leads
    from reporting.services.periods import report_time_of

    by, cut_off = _leader(place), _cut_off(place)
    keep_leads(place, at=cut_off - REPORTS * WEEK - DAY)
    for week in range(REPORTS, 0, -1):
        before = report_time_of(place.study).last_boundary(cut_off - week * WEEK + AS_OF)
        as_of = before + AS_OF
        made = draft_report(
            study=place.study, site=place.site, cut_off=before, as_of=as_of, at=as_of
        )
        issue_report(report=made, by=by, at=as_of, with_papers=False)
    keep_leads(place, at=cut_off - DAY)
    with watch.timed(PROVED):
        kept = keep_leads(place, at=cut_off - DAY / 4)
    assert kept.differed == 0, kept.differed
    with watch.timed(FOLLOWED):
        assert follow_leads(place, at=cut_off - SOON)
    return Lead.objects.filter(study_site=place).count()


def _leader(place: "StudySite") -> "User":
    """Somebody who leads the site."""
    from accounts.models import User
    from recruitment.models import Role
    from recruitment.services.membership import grant_role

    by = User.objects.create(email=f"lead{place.pk}@example.org", joined_at=AT - 200 * WEEK)
    grant_role(user=by, role=Role.SITE_LEAD, scope=place.site, by=None, at=AT - 200 * WEEK)
    return by


def _cut_off(place: "StudySite") -> datetime:
    from reporting.services.periods import report_time_of

    return report_time_of(place.study).last_boundary(AT - AS_OF)


def _one(place: "StudySite", watch: Stopwatch) -> None:
    """Time a report from what is kept: its movement and funnel, all of it, and checked."""
    from reporting.services import snapshots

    real = snapshots.weekly_report

    def unchecked(inputs: Inputs, _before: object) -> "Report":
        return real(inputs)

    with transaction.atomic():
        with watch.timed(CHECKED):
            _compute(place)
        with watch.timed(UNCHECKED), mock.patch.object(snapshots, "weekly_report", unchecked):
            report = _compute(place)
        with watch.timed(COUNTED):
            counted = _movement_and_funnel(place)
        assert counted == (report.movement, report.funnel), "counted ahead it says something else"


def _movement_and_funnel(place: "StudySite") -> tuple[object, object]:
    """The steps of a report up to its movement and its funnel."""
    from reporting.figures.funnel import funnel
    from reporting.figures.movement import movement
    from reporting.queries.log import read_log
    from reporting.queries.role import as_report_reader
    from reporting.services.snapshots import apart_of, frame_of, published, with_live

    cut_off = _cut_off(place)
    as_of = cut_off + AS_OF
    with as_report_reader():
        frame = frame_of(place, published(place), cut_off=cut_off, as_of=as_of)
        apart = apart_of(frame, place)
        assert apart is not None, "nothing is kept"
        assert apart.ahead is not None, "nothing was counted ahead"
        log = read_log(place, until=as_of, leads=apart.live)
        inputs = with_live(frame, log, apart)
    return movement(inputs), funnel(inputs)


def _whole(place: "StudySite", watch: Stopwatch) -> None:
    """Time the report from the whole log; it says the same."""
    from reporting.queries.log import read_log
    from reporting.queries.role import as_report_reader

    with transaction.atomic():
        with watch.timed(WHOLE):
            with as_report_reader():
                log = read_log(place, until=_cut_off(place) + AS_OF)
            whole = _compute(place, log=log)
        assert whole == _compute(place), "what is kept says something else"


def _compute(place: "StudySite", **kwargs: Any) -> "Report":
    from reporting.services.snapshots import compute

    cut_off = _cut_off(place)
    return compute(place, cut_off=cut_off, as_of=cut_off + AS_OF, **kwargs)


if __name__ == "__main__":
    sys.exit(main())

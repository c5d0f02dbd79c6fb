"""Open leads by bucket beside the totals and earlier reports, by example (D37)."""

from dataclasses import replace
from time import monotonic

from recruitment.rules.events import MilestoneCode
from recruitment.rules.stages import Bucket
from recruitment.rules.vocabulary import RecordsState
from reporting.figures.breakdowns import Breakdown
from reporting.figures.cells import exact, small
from reporting.figures.disclosure.standing import open_beside
from reporting.figures.inputs import Inputs, LeadFacts, WeekSlots
from reporting.figures.network import network
from reporting.figures.report import as_last, told, weekly_report
from reporting.figures.scheduling import scheduling
from reporting.figures.standing import FOLDED, open_by_bucket, records
from tests.reporting.facts import CUT_OFF, DAY, START, at, inputs, lead
from tests.reporting.samples import HEADER, WEEK

M, B = MilestoneCode, Bucket
WAY = (M.FIRST_ATTEMPT, M.PRESCREEN_COMPLETED, M.REVIEWABLE, M.VISIT_SCHEDULED, M.VISIT_ATTENDED)
COME = {
    B.NEW_INQUIRY: 0,
    B.CONTACTED: 1,
    B.AWAITING_PRESCREEN: 1,
    B.COORDINATOR_REVIEW: 2,
    B.RECORDS_NEEDED: 3,
    B.READY_TO_SCHEDULE: 3,
    B.SCHEDULED: 4,
    B.AWAITING_OUTCOME: 5,
}


def standing(**counts: int) -> list[LeadFacts]:
    """Open leads by bucket, each as far as that says."""
    found = []
    for name, n in counts.items():
        bucket = B(name)
        steps = {code.value: at(START - 3 * DAY) for code in WAY[: COME[bucket]]}
        found += [lead(START - WEEK, milestones=steps, bucket=bucket.value) for _ in range(n)]
    return found


def shown(given: Inputs) -> Breakdown:
    return open_beside(given, [], exact(0), ends=monotonic() + 30)[0]


def texts(table: Breakdown) -> dict[str, str]:
    return {row.code: row.cell.text for row in table.rows}


def test_a_small_bucket_that_the_totals_tell_stands_in_a_row_with_another() -> None:
    """Two visits were scheduled and none attended: "<5 scheduled" would be a 2."""
    given = inputs(*standing(new_inquiry=9, contacted=8, coordinator_review=7, scheduled=2))
    assert open_by_bucket(given).level == "bucket"

    found = shown(given)

    assert found.level == FOLDED
    assert texts(found)["new_inquiry"] == "9"
    assert not {"scheduled", "stale"} & set(texts(found))
    assert int(texts(found)["other"]) >= 5
    assert sum(row.cell.known or 0 for row in found.rows) == found.total.known


def test_large_buckets_are_printed_each() -> None:
    given = inputs(*standing(new_inquiry=9, contacted=8, coordinator_review=7))

    assert shown(given) == open_by_bucket(given)


def test_nothing_is_left_to_print_of_few_leads() -> None:
    assert shown(inputs(*standing(new_inquiry=1, contacted=2))).is_withheld


def test_leads_that_stand_elsewhere_than_their_steps_say_do_no_harm() -> None:
    """Back among those to be scheduled after a visit that was missed, and reviewed by override."""
    moved = [replace(one, bucket=B.READY_TO_SCHEDULE.value) for one in standing(scheduled=6)]
    given = inputs(*moved, *standing(new_inquiry=7))

    assert shown(given) == open_by_bucket(given)


def test_a_small_number_of_leads_that_need_records_is_no_exact_total() -> None:
    """It would tell of the bucket of that name."""
    waiting = [
        replace(one, records=RecordsState.NEEDED.value) for one in standing(records_needed=3)
    ]

    assert records(inputs(*waiting)).total == small(5)
    assert records(inputs(*waiting, *waiting)).total == exact(6)


def test_a_network_does_not_add_up_rows_of_several_buckets() -> None:
    given = inputs(*standing(new_inquiry=9, contacted=8, scheduled=2))
    reports = [
        weekly_report(replace(given, header=replace(HEADER, site_label=label)))
        for label in ("Site 001", "Site 002")
    ]
    assert {report.open_now.level for report in reports} == {FOLDED}

    found = network(reports)

    assert found.open_now.is_withheld
    assert found.open_now.total == exact(38)


def test_what_is_left_of_the_scheduled_leads_is_no_small_number_either() -> None:
    """Nine are scheduled and seven of the slots of four weeks are taken."""
    soon = CUT_OFF + 8 * DAY
    booked = [
        replace(one, taken=(soon,) if number < 7 else ())
        for number, one in enumerate(standing(scheduled=9))
    ]
    weeks = tuple(WeekSlots(CUT_OFF + n * WEEK, CUT_OFF + (n + 1) * WEEK, 6) for n in range(4))

    def free(leads: list[LeadFacts]) -> set[str]:
        given = inputs(*leads, weeks=weeks)
        return {room.free.text for room in scheduling(given, open_by_bucket(given)).room}

    assert free(booked) == {"withheld"}
    assert free([replace(one, taken=(soon,)) for one in booked]) == {"3", "15"}


def test_what_went_stale_ties_a_bucket_to_the_one_of_last_week() -> None:
    """Nothing went stale or recovered, and nobody moved: the buckets are what they were."""
    leads = standing(new_inquiry=9, contacted=8, coordinator_review=7, scheduled=6)
    header = replace(HEADER, period_start=START - WEEK, cut_off=START, as_of=START + DAY)
    before = weekly_report(replace(inputs(*leads), header=header, last=None))
    now = replace(inputs(*leads), last=as_last(before))

    assert weekly_report(now, [told(before)]).open_now == before.open_now

"""In which order leads come to a report decides nothing: what is kept brings another (SR2)."""

from dataclasses import replace
from datetime import datetime, timedelta

from recruitment.rules.closing import CloseCode
from recruitment.rules.stages import Bucket
from reporting.figures.cells import WITHHELD, exact, small
from reporting.figures.disclosure.slices import moment
from reporting.figures.inputs import (
    BlockerFacts,
    LeadFacts,
    Moment,
    SourceFacts,
    Turn,
    TurnKind,
)
from reporting.figures.report import weekly_report
from tests.reporting.quieting import set_apart
from tests.reporting.samples import CUT_OFF, SOURCES
from tests.reporting.test_figures_naively import told_inputs

DAY = timedelta(days=1)
SOURCE = next(iter(SOURCES))
OLD, NEW = CUT_OFF - 200 * DAY, CUT_OFF - 5 * DAY


def closed(reason: CloseCode, at: datetime = OLD) -> LeadFacts:
    turn = Turn(TurnKind.CLOSED, at + DAY, at + DAY, reason)
    return LeadFacts(SOURCE, Moment(at, at), Bucket.CLOSED, turns=(turn,))


def blocked(category: str, party: str) -> LeadFacts:
    blocker = BlockerFacts(category, party, NEW)
    return LeadFacts(SOURCE, Moment(NEW, NEW), Bucket.CONTACTED, blockers=(blocker,))


def test_which_of_two_equal_numbers_is_withheld_does_not_follow_from_who_came_first() -> None:
    """Else a revision could print what the report withheld, and both would tell the small one."""
    leads = (
        *(closed(CloseCode.BURDEN_TRAVEL) for _ in range(9)),
        *(closed(CloseCode.PT_NOT_INTERESTED, NEW) for _ in range(9)),
        closed(CloseCode.CRIT_LABS, NEW),
    )
    inputs = replace(told_inputs([]), leads=leads)
    made, light = weekly_report(inputs), set_apart(inputs)
    cells = [row.cell for row in made.closes.by_family.rows]

    assert light.quiet.leads == 9
    assert cells == [exact(9), WITHHELD, small(5)]
    assert weekly_report(light) == made
    assert weekly_report(replace(inputs, leads=leads[::-1])) == made


def test_rows_of_blockers_do_not_follow_who_came_first() -> None:
    leads = tuple(
        blocked("missing_records", party)
        for party in ("records_provider", "patient")
        for _ in range(6)
    )
    inputs = replace(told_inputs([]), leads=leads)

    assert weekly_report(replace(inputs, leads=leads[::-1])) == weekly_report(inputs)


def test_the_kind_of_a_label_that_two_sources_have_does_not_follow_who_came_first() -> None:
    at = CUT_OFF - 40 * DAY
    leads = tuple(
        LeadFacts(SourceFacts(kind, "Same label", kind), Moment(at, at), Bucket.NEW_INQUIRY)
        for kind in ("web", "referral")
    )
    inputs = replace(told_inputs([]), leads=leads)

    assert moment(inputs, [at]) == moment(replace(inputs, leads=leads[::-1]), [at])

"""Leads counted by their shares make the same report as leads looked at one by one (SR2)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recruitment.rules.closing import CloseCode, Family
from recruitment.rules.events import MilestoneCode
from recruitment.rules.stages import Bucket
from recruitment.rules.targets import TargetKey
from reporting.figures.ahead import sums_of
from reporting.figures.inputs import Happening, Inputs, LeadFacts, Moment, Turn, TurnKind
from reporting.figures.movement import Imbalance, counted
from reporting.figures.quiet import quiet_since, share_of, with_recent
from reporting.figures.report import Report, told, weekly_report
from reporting.figures.revising import revised_report
from reporting.figures.shares import Closed, CountedAhead, Share
from reporting.figures.standing import most_open
from reporting.figures.work_facts import TargetFacts
from tests.reporting.attacker.quarters import quarter
from tests.reporting.quieting import count_some, set_apart
from tests.reporting.samples import CUT_OFF, SOURCES
from tests.reporting.test_figures_naively import told_inputs
from tests.reporting.test_sections_naively import WORKED, Worked, worked

DAY = timedelta(days=1)
SEEDS = (0, 1, 2, 3, 4, 7, 9, 11)
"""Quarters of every manner, small and large, with revisions among them."""
AT = CUT_OFF - 200 * DAY
CLOSED = Turn(TurnKind.CLOSED, AT + 3 * DAY, AT + 4 * DAY, CloseCode.PT_NOT_INTERESTED)
LEAD = LeadFacts(
    next(iter(SOURCES)),
    Moment(AT, AT),
    Bucket.CLOSED,
    {MilestoneCode.FIRST_ATTEMPT: Moment(AT + DAY, AT + DAY)},
    (CLOSED,),
)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_a_quarter_of_reports_is_the_same(seed: int) -> None:
    found, quiet = quarter(seed), 0
    for at, (inputs, report) in enumerate(zip(found.inputs, found.reports, strict=True)):
        before = [told(earlier) for earlier in found.reports[:at]]
        light = set_apart(inputs)
        quiet += light.quiet.leads
        for lighter in (light, count_some(light, every=3)):
            made = weekly_report(lighter, before)
            if report.revised is not None:
                made = revised_report(made, found.reports[at - 1], report.revised)

            assert made == report
    assert quiet > 0


@given(st.lists(WORKED, max_size=20), st.booleans())
@settings(max_examples=150)
def test_any_history_makes_the_same_report(histories: list[Worked], strict: bool) -> None:
    leads = tuple(worked(history) for history in histories)
    inputs = replace(told_inputs([]), leads=leads, strict=strict)

    light, made = set_apart(inputs), _made(inputs)
    assert _made(light) == made
    assert _made(count_some(light, every=3)) == made
    assert _made(count_some(inputs, every=2)) == made


def _made(inputs: Inputs) -> Report | str:
    try:
        return weekly_report(inputs)
    except Imbalance as refusal:
        return str(refusal)


@pytest.mark.parametrize(
    ("lead", "since"),
    [
        (LEAD, AT + 4 * DAY),
        (replace(LEAD, received=Moment(AT, AT + 9 * DAY)), AT + 9 * DAY),
        (replace(LEAD, happened={Happening.WENT_STALE: (Moment(AT, AT + 8 * DAY),)}), AT + 8 * DAY),
        (replace(LEAD, taken=(AT + 30 * DAY,)), AT + 30 * DAY),
        (
            replace(LEAD, targets=(TargetFacts(TargetKey.FIRST_RESPONSE.value, AT + 5 * DAY),)),
            AT + 5 * DAY,
        ),
        (replace(LEAD, targets=(TargetFacts(TargetKey.HANDOFF.value, None),)), AT + 4 * DAY),
        (replace(LEAD, bucket=Bucket.STALE), None),
        (replace(LEAD, turns=()), None),
    ],
)
def test_a_closed_lead_is_quiet_since_the_last_thing_that_was_done_told_or_due(
    lead: LeadFacts, since: datetime | None
) -> None:
    assert quiet_since(lead) == since


def test_a_share_is_what_every_row_counts_of_a_lead() -> None:
    assert share_of(LEAD, quiet=AT + 4 * DAY) == Share(
        moved=(("new_interest", 1), ("attempted_contact", 1), ("closed", 1)),
        closes=(Closed(Family.CHOICE, CloseCode.PT_NOT_INTERESTED),),
        steps=1,
    )


def test_sums_that_were_counted_ahead_are_what_is_printed() -> None:
    inputs = replace(told_inputs([]), leads=(LEAD, LEAD))
    sums = sums_of([LEAD, LEAD, LEAD], inputs)
    ahead = replace(inputs, ahead=CountedAhead(sums, ()))

    assert counted(inputs, "closed").to_date == 2
    assert counted(ahead, "closed").to_date == 3


def test_a_merged_duplicate_counts_as_an_inquiry_and_as_nothing_else() -> None:
    merged = replace(LEAD, turns=(replace(CLOSED, reason=CloseCode.SRC_DUPLICATE),))

    assert share_of(merged, quiet=AT + 4 * DAY) == Share(moved=(("new_interest", 1),))


def test_a_lead_that_is_looked_at_one_by_one_again_is_counted_once() -> None:
    inputs = replace(told_inputs([]), leads=(LEAD, LEAD, replace(LEAD, taken=(AT + 9 * DAY,))))
    light = set_apart(inputs)
    whole = with_recent(light, AT + 5 * DAY)

    assert (light.quiet.leads, len(light.leads)) == (3, 0)
    assert (whole.quiet.leads, len(whole.leads)) == (2, 1)
    assert with_recent(light, AT + 10 * DAY) == light


def test_a_reader_knows_of_a_quiet_lead_that_it_enrolled() -> None:
    enrolled = replace(LEAD, turns=(replace(CLOSED, kind=TurnKind.ENROLLED, reason=""),))
    inputs = replace(told_inputs([]), leads=(LEAD, enrolled))
    light = set_apart(inputs)

    assert light.quiet.leads == 2
    assert most_open(light) == most_open(inputs) == 1

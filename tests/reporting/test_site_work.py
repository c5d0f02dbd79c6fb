"""Ownership coverage and paused share: only of a site that opts in, and safe (D39, PZ4, SC1)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recruitment.rules.stages import Bucket
from recruitment.rules.vocabulary import ActionType
from recruitment.rules.weekly.codes import ItemKind
from reporting.figures.cells import WITHHELD, exact
from reporting.figures.inputs import ActionFacts, Inputs, LeadFacts
from reporting.figures.network import network
from reporting.figures.report import Report, weekly_report
from reporting.figures.revising import revised_report
from reporting.figures.revisions import Revised
from reporting.figures.said import work_words
from reporting.figures.site_work import SiteWork, site_work
from reporting.figures.snapshot import from_document, from_json, to_document, to_json
from reporting.figures.work_facts import AgreedFacts
from reporting.render import report_html
from reporting.render_network import network_words
from reporting.sheet import figures_csv
from tests.reporting.facts import CUT_OFF, DAY, START, WEEK, inputs, lead
from tests.reporting.samples import sample_inputs

WORDS = ("Ownership coverage", "Paused share", "site_work", "ownership", "paused")
INSTANT = timedelta(microseconds=1)


def open_lead(
    *, owned: bool = True, due: timedelta | None = DAY, running: int = 0, paused: int = 0
) -> LeadFacts:
    action = None if due is None else ActionFacts(ActionType.CALL.value, CUT_OFF + due)
    return lead(START - WEEK, action=action, is_owned=owned, running=running, paused=paused)


def told(*leads: LeadFacts, **more: object) -> SiteWork:
    found = site_work(inputs(*leads, tells_site_work=True, **more))
    assert found is not None
    return found


def test_covered_are_open_leads_with_an_owner_and_an_action_that_is_not_overdue() -> None:
    leads = [
        *[open_lead() for _ in range(6)],
        open_lead(due=timedelta(0)),
        *[open_lead(owned=False) for _ in range(2)],
        *[open_lead(due=-INSTANT) for _ in range(3)],
        *[open_lead(due=None) for _ in range(2)],
        replace(open_lead(), bucket=Bucket.CLOSED.value),
    ]

    assert told(*leads).coverage == replace(
        told(*leads).coverage, reached=exact(7), base=14, pct=50, low=27, high=73
    )


def test_of_the_running_targets_those_count_as_paused_that_stand_still() -> None:
    leads = [
        *[open_lead(running=2, paused=1) for _ in range(5)],
        *[open_lead(running=1) for _ in range(10)],
        replace(open_lead(running=3, paused=3), bucket=Bucket.CLOSED.value),
    ]

    found = told(*leads).paused

    assert (found.reached, found.base, found.pct) == (exact(5), 20, 25)


@pytest.mark.parametrize(
    ("covered", "overdue", "without", "is_told"),
    [
        (20, 0, 0, True),
        (0, 20, 0, True),
        (20, 5, 0, True),
        (20, 4, 0, False),
        (4, 20, 0, False),
        (20, 0, 4, False),
        (20, 2, 6, False),
        (3, 0, 0, False),
    ],
)
def test_coverage_is_withheld_where_it_would_tell_of_few_leads(
    covered: int, overdue: int, without: int, is_told: bool
) -> None:
    leads = [
        *[open_lead() for _ in range(covered)],
        *[open_lead(due=-DAY) for _ in range(overdue)],
        *[open_lead(due=None) for _ in range(without)],
    ]

    found = told(*leads).coverage

    assert found.reached == (exact(covered) if is_told else WITHHELD)
    assert found.base == covered + overdue + without
    assert is_told or (found.pct, found.low) == (None, None)


def test_many_targets_of_few_leads_are_few_leads() -> None:
    few = [open_lead(running=3, paused=3) for _ in range(4)]
    others = [open_lead(running=1) for _ in range(20)]

    assert told(*few, *others).paused.reached == WITHHELD
    assert told(*others).paused.reached == exact(0)
    assert told().paused.base == 0


FACTS = st.tuples(
    st.booleans(),
    st.none() | st.integers(-3, 3),
    st.integers(0, 3),
    st.integers(0, 3),
    st.integers(0, 5),
)


@given(st.lists(FACTS, max_size=40))
@settings(max_examples=200)
def test_both_shares_agree_with_counting_the_long_way(
    facts: list[tuple[bool, int | None, int, int, int]],
) -> None:
    leads, covered, acting, open_ones, counts = [], 0, 0, 0, [0, 0, 0, 0]
    for owned, days, running, paused, closed in facts:
        still = min(running, paused)
        due = None if days is None else days * DAY
        found = open_lead(owned=owned, due=due, running=running, paused=still)
        leads.append(found if closed else replace(found, bucket=Bucket.CLOSED.value))
        if not closed:
            continue
        open_ones += 1
        acting += days is not None
        covered += owned and days is not None and days >= 0
        for n, number in enumerate((running, still, still > 0, running > still)):
            counts[n] += number

    work = told(*leads)

    small = range(1, 5)
    parts = (covered, acting - covered, open_ones - covered)
    hidden = any(part in small for part in parts)
    assert work.coverage.base == open_ones
    assert work.coverage.reached == (WITHHELD if hidden else exact(covered))
    running, still, leads_still, leads_going = counts
    hidden = any(part in small for part in (still, running - still, leads_still, leads_going))
    assert work.paused.base == running
    assert work.paused.reached == (WITHHELD if hidden else exact(still))


def test_what_is_withheld_keeps_as_many_values_as_a_small_cell() -> None:
    """Whoever knows the rule, the open leads and those with an action still finds 4 of them."""
    for open_ones in range(1, 30):
        values = set()
        for covered in range(open_ones + 1):
            leads = [open_lead(due=DAY if n < covered else -DAY) for n in range(open_ones)]
            if told(*leads).coverage.reached == WITHHELD:
                values.add(covered)
        assert len(values) >= min(4, open_ones + 1)


def both(*, strict: bool = False, seed: int = 7) -> tuple[Report, Report]:
    """A report of a site that has opted in, and the same without."""
    kept = sample_inputs(seed, strict=strict, tells_site_work=True)
    return weekly_report(kept), weekly_report(replace(kept, tells_site_work=False))


def test_without_its_consent_no_paper_page_file_or_network_holds_them() -> None:
    on, off = both()

    assert on.site_work is not None
    assert off.site_work is None
    assert off == replace(on, site_work=None)
    outputs = {
        "paper": lambda report: report_html(to_json(report), paper="a4"),
        "file": lambda report: figures_csv(to_json(report)).decode(),
        "network": lambda report: str(network_words(network([report]), charts="web")),
    }
    for output in outputs.values():
        assert any(word in output(on) for word in WORDS)
        if output is not outputs["network"]:
            assert not any(word in output(off) for word in WORDS)
    assert work_words(off.site_work) == []


def test_strict_mode_tells_neither() -> None:
    on, off = both(strict=True)

    assert on.site_work is None
    assert on == off


def test_the_shares_survive_the_round_trip_and_older_reports_go_without() -> None:
    on, _ = both()
    document = to_document(on)
    document["schema"] = 3
    inner = document["report"]
    assert isinstance(inner, dict)
    del inner["site_work"], inner["changes"]

    assert from_json(to_json(on)) == on
    assert from_document(document) == replace(on, site_work=None, changes=None)


def revised(before: Inputs, now: Inputs) -> SiteWork:
    said = Revised("A", "Entries in the log were corrected.", "Two were entered twice.")
    found = revised_report(weekly_report(now), weekly_report(before), said).site_work
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("before", "now", "is_told"), [(8, 8, True), (8, 9, False), (8, 14, True), (2, 8, False)]
)
def test_a_revision_withholds_what_moved_by_few_or_came_from_nowhere(
    before: int, now: int, is_told: bool
) -> None:
    def at(overdue: int) -> Inputs:
        leads = [open_lead(due=-DAY if n < overdue else DAY) for n in range(40)]
        return inputs(*leads, tells_site_work=True)

    found = revised(at(before), at(now)).coverage

    assert found.reached == (exact(40 - now) if is_told else WITHHELD)


def test_an_action_about_paused_work_is_told_by_a_site_that_tells_its_share() -> None:
    action = AgreedFacts(
        1, ItemKind.PAUSED_WORK.value, "", "site_lead", START + DAY, (CUT_OFF + WEEK).date()
    )

    on = weekly_report(inputs(agreed=(action,), tells_site_work=True)).agreed
    off = weekly_report(inputs(agreed=(action,))).agreed

    assert on is not None
    assert off is not None
    assert [row.label for row in on.since] == ["Get work going that stands still"]
    assert off.since == ()

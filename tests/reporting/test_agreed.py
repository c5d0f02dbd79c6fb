"""What reviews agreed, in a report: before and since, with what came of it (W7, W11, D39)."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from recruitment.models import Role
from recruitment.rules.vocabulary import BlockerCategory, Party
from recruitment.rules.weekly.codes import ItemKind
from reporting.figures.agreed import AgreedRow, AgreedTable, Outcome
from reporting.figures.brief import brief
from reporting.figures.inputs import Inputs
from reporting.figures.report import Report, weekly_report
from reporting.figures.said import agreed_words
from reporting.figures.snapshot import from_document, from_json, to_document, to_json
from reporting.figures.words import AGREED, AGREED_TARGETS, ROLES
from reporting.figures.work_facts import AgreedEnd, AgreedFacts
from reporting.render import report_html
from tests.reporting.facts import CUT_OFF, DAY, START, blocked, inputs
from tests.reporting.samples import sample_inputs

DUE = date(2026, 11, 13)  # the Friday before the cut-off of Monday 16 November
R = BlockerCategory.MISSING_RECORDS
ACTION = AgreedFacts(
    key=1,
    kind=ItemKind.REPEATED_BLOCKER,
    code=R,
    role="coordinator",
    agreed_at=START - DAY,
    due_on=DUE,
)


def table(*actions: AgreedFacts, **more: object) -> AgreedTable:
    found = weekly_report(inputs(agreed=actions, **more)).agreed
    assert found is not None
    return found


def outcomes(rows: tuple[AgreedRow, ...]) -> list[Outcome]:
    return [row.outcome for row in rows]


def ended(end: AgreedEnd, days: int) -> AgreedFacts:
    return replace(ACTION, end=end, ended_at=START + days * DAY)


@pytest.mark.parametrize(
    ("action", "outcome"),
    [
        (ACTION, Outcome.LATE),
        (replace(ACTION, due_on=date(2026, 11, 16)), Outcome.OPEN),
        (replace(ACTION, put_off=True), Outcome.PUT_OFF),
        (ended(AgreedEnd.DONE, 2), Outcome.DONE),
        (ended(AgreedEnd.DROPPED, 2), Outcome.DROPPED),
    ],
)
def test_what_stood_open_at_the_last_cut_off_is_told_with_what_came_of_it(
    action: AgreedFacts, outcome: Outcome
) -> None:
    found = table(action)

    assert outcomes(found.before) == [outcome]
    assert found.since == ()


def test_what_was_over_before_the_last_cut_off_was_told_then() -> None:
    assert table(ended(AgreedEnd.DONE, -1)) == AgreedTable((), ())
    assert outcomes(table(ended(AgreedEnd.DONE, 0)).before) == [Outcome.DONE]


def test_what_was_carried_over_is_one_line_and_not_new() -> None:
    old = ended(AgreedEnd.CARRIED, 1)
    again = replace(ACTION, key=2, former=1, agreed_at=START + DAY, due_on=DUE + timedelta(days=7))

    (row,) = table(old, again).before
    (escalated,) = table(old, replace(again, is_escalated=True)).before

    assert (row.outcome, row.due_on, row.now_due_on) == (Outcome.CARRIED, DUE, again.due_on)
    assert escalated.outcome == Outcome.ESCALATED
    assert table(old, again).since == ()


def test_what_was_carried_before_goes_on_as_one_line_until_it_is_done() -> None:
    old = ended(AgreedEnd.CARRIED, -8)
    again = replace(ACTION, key=2, former=1, agreed_at=START - 8 * DAY)
    done = replace(again, end=AgreedEnd.DONE, ended_at=START + DAY)

    assert outcomes(table(old, again).before) == [Outcome.CARRIED]
    assert outcomes(table(old, done).before) == [Outcome.DONE]


def test_new_actions_are_those_of_reviews_of_the_period_and_all_of_them_in_a_first_report() -> None:
    new = replace(ACTION, key=2, agreed_at=START)
    edge = replace(ACTION, key=3, agreed_at=CUT_OFF - timedelta(microseconds=1))

    found = table(ACTION, new, edge)

    assert (len(found.before), len(found.since)) == (1, 2)
    first = table(ACTION, new, last=None)
    assert (len(first.before), len(first.since)) == (0, 2)


@pytest.mark.parametrize("kind", ItemKind)
def test_what_is_about_how_a_person_works_stays_with_the_site(kind: ItemKind) -> None:
    found = table(replace(ACTION, kind=kind, code=""))

    assert bool(found.before) == (kind in AGREED)


def test_every_role_of_an_owner_has_its_word() -> None:
    assert set(ROLES) == {Role.COORDINATOR, Role.SITE_LEAD, Role.REVIEWER}


@pytest.mark.parametrize(
    ("leads", "label"),
    [(5, "Clear blockers: missing records"), (4, "Clear blockers"), (0, "Clear blockers")],
)
def test_a_blocker_is_named_only_where_its_number_is_printed(leads: int, label: str) -> None:
    stopped = [blocked(R, Party.RECORDS_PROVIDER, 10) for _ in range(leads)]
    others = [blocked(BlockerCategory.TRAVEL, Party.PATIENT, 10) for _ in range(9)]

    found = weekly_report(inputs(*stopped, *others, agreed=(ACTION,))).agreed

    assert found is not None
    assert found.before[0].label == label


def test_a_target_is_named_only_where_the_report_tells_how_often_it_was_met() -> None:
    missed = replace(ACTION, kind=ItemKind.MISSED_TARGET)
    codes = [*AGREED_TARGETS, "handoff", "own"]
    found = table(*(replace(missed, key=n, code=code) for n, code in enumerate(codes, 1)))
    strict = table(replace(missed, code=codes[0]), strict=True)

    generic = AGREED[ItemKind.MISSED_TARGET]
    assert [row.label for row in found.before] == [*AGREED_TARGETS.values(), generic, generic]
    assert [row.label for row in strict.before] == [generic]


def full() -> Report:
    """The sample's report with every outcome before, and one action since."""
    sample: Inputs = sample_inputs()
    carried = replace(ACTION, key=7, former=6, agreed_at=START + DAY, due_on=date(2026, 11, 20))
    actions = (
        ACTION,
        ended(AgreedEnd.DONE, 2),
        replace(ended(AgreedEnd.DROPPED, 3), kind=ItemKind.STALE_RISK),
        replace(ACTION, key=6, end=AgreedEnd.CARRIED, ended_at=START + DAY),
        carried,
        replace(
            ACTION,
            key=8,
            kind=ItemKind.READY_NO_SLOT,
            role="site_lead",
            agreed_at=START + DAY,
            due_on=date(2026, 11, 18),
        ),
    )
    numbered = tuple(replace(a, key=n) if a.key == 1 else a for n, a in enumerate(actions, 1))
    return weekly_report(replace(sample, agreed=numbered))


def test_the_paper_says_what_came_of_each_and_what_is_new() -> None:
    page = report_html(to_json(full()), paper="a4")
    said = " ".join(re.sub(r"<[^>]+>", " ", page).split())

    assert "Agreed before, and what came of it" in said
    assert "Fri 13 Nov Not done: past its day" in said
    assert "Fri 13 Nov Done, Wed 11 Nov" in said
    assert "Fri 13 Nov Dropped by a review, Thu 12 Nov" in said
    assert "Fri 13 Nov Not done: carried over, now by Fri 20 Nov" in said
    assert "Offer more visit times Site lead Wed 18 Nov Under way" in said
    assert "Agreed in the weekly review: offer more visit times." in said


def test_a_first_report_has_nothing_agreed_before() -> None:
    page = report_html(to_json(weekly_report(sample_inputs(is_first=True))), paper="a4")

    assert "Agreed before" not in page
    assert "No weekly review has agreed on an action yet." in page


def test_the_short_answers_name_at_most_three_things() -> None:
    sample = sample_inputs()
    new = [
        replace(ACTION, key=n, kind=kind, agreed_at=START + DAY) for n, kind in enumerate(AGREED, 1)
    ]

    said = brief(weekly_report(replace(sample, agreed=tuple(new)))).following

    assert said[0] == "Agreed in the weekly review: find out why leads are stale and 7 more."
    assert len(said) == 3


@pytest.mark.parametrize("schema", [1, 2])
def test_reports_of_before_are_read_and_printed_without_the_section(schema: int) -> None:
    document = to_document(full())
    document["schema"] = schema
    inner = document["report"]
    assert isinstance(inner, dict)
    del inner["agreed"]

    report = from_document(document)

    assert report.agreed is None
    assert agreed_words(report) is None
    assert "Agreed" not in report_html(to_json(report), paper="a4")
    assert from_json(to_json(full())) == full()

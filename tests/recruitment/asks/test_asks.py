"""An ask is answered, given another day or withdrawn (domain.md 12.5, AS2, AS3)."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from accounts.models import User
from recruitment.models import Ask, AskEvent, Lead, Role, StudySite
from recruitment.rules.asks.codes import (
    AnswerChoice,
    AnswerWay,
    AskEventKind,
    AskState,
)
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.services.asks import AskMoved, answer_ask
from recruitment.services.asks_changed import redate_ask, withdraw_ask
from tests.factories.recruitment import make_member
from tests.recruitment.asks.held import (
    ANSWERED,
    SETTLED,
    WORDS,
    answer,
    answered,
    settled,
)
from trialsnest.lib.zones import local_time


def kinds(ask: Ask) -> list[str]:
    return list(ask.history.values_list("kind", flat=True))


def test_an_answer_says_who_gave_it_when_and_how(ask: Ask, site_lead: User) -> None:
    answered(ask, site_lead)

    ask.refresh_from_db()
    entry = ask.history.get(kind=AskEventKind.ANSWERED)
    assert (ask.state, ask.choice) == (AskState.ANSWERED, AnswerChoice.AGREED)
    assert (ask.answered_on, ask.answered_at) == (date(2026, 3, 4), ANSWERED)
    assert (entry.said_by, entry.way, entry.by) == ("Robin of the sponsor", "phone", site_lead)
    assert entry.words == "Two years are enough."


def test_the_same_answer_twice_is_written_once(ask: Ask, site_lead: User) -> None:
    answered(ask, site_lead)

    answer_ask(ask=ask, answer=answer(), by=site_lead, at=SETTLED, seen=1)

    assert kinds(ask) == [AskEventKind.RAISED, AskEventKind.ANSWERED]


def test_a_corrected_answer_stands_behind_the_first(ask: Ask, site_lead: User) -> None:
    answered(ask, site_lead)
    answered(ask, site_lead, SETTLED, choice=AnswerChoice.NOT_AGREED, comment="It was a no.")

    ask.refresh_from_db()
    said = list(ask.history.values_list("choice", flat=True))
    assert said == ["", AnswerChoice.AGREED, AnswerChoice.NOT_AGREED]
    assert ask.choice == AnswerChoice.NOT_AGREED


def test_with_more_information_needed_the_ask_stays_open(ask: Ask, site_lead: User) -> None:
    answered(ask, site_lead, choice=AnswerChoice.MORE_NEEDED, comment="Which records are they?")

    ask.refresh_from_db()
    assert (ask.state, ask.choice) == (AskState.OPEN, AnswerChoice.MORE_NEEDED)


WRONG = [
    ({"on": date(2026, 3, 1)}, "on"),
    ({"on": date(2026, 3, 5)}, "on"),
    ({"said_by": ""}, "said_by"),
    ({"way": AnswerWay.PORTAL}, "said_by"),
    ({"choice": AnswerChoice.IN_WORDS, "comment": ""}, "comment"),
    ({"choice": AnswerChoice.PARTLY, "comment": ""}, "comment"),
    ({"comment": "Call 617 555 0123."}, "comment"),
]


@pytest.mark.parametrize(("values", "field"), WRONG)
def test_an_answer_that_cannot_be_is_refused_at_its_field(
    ask: Ask, site_lead: User, values: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        answered(ask, site_lead, **values)

    assert refused.value.field == field
    assert kinds(ask) == [AskEventKind.RAISED]


def test_whoever_answers_in_the_portal_is_named_by_her_account(
    ask: Ask, study_site: StudySite
) -> None:
    viewer = make_member(Role.SPONSOR_VIEWER, study_site.study)

    answered(ask, viewer, way=AnswerWay.PORTAL, said_by="")

    entry = ask.history.get(kind=AskEventKind.ANSWERED)
    assert (entry.by, entry.said_by, entry.way) == (viewer, "", AnswerWay.PORTAL)


def test_another_day_needs_a_reason_and_keeps_the_first_in_the_history(
    ask: Ask, site_lead: User
) -> None:
    first = ask.due_at

    for _ in range(2):
        redate_ask(
            ask=ask,
            needed_by=date(2026, 3, 13),
            reason="The sponsor meets on Thursday.",
            by=site_lead,
            at=ANSWERED,
            seen=1,
        )

    ask.refresh_from_db()
    assert local_time(ask.due_at, "America/New_York").date() == date(2026, 3, 13)
    assert ask.amount is None
    assert list(ask.history.values_list("due_at", flat=True)) == [first, ask.due_at]


def test_a_withdrawn_ask_takes_no_answer_and_its_leads_stay(ask: Ask, site_lead: User) -> None:
    for _ in range(2):
        withdraw_ask(ask=ask, reason="Found in the protocol.", by=site_lead, at=ANSWERED, seen=1)

    with pytest.raises(Refusal, match="withdrawn already"):
        answered(ask, site_lead)
    assert kinds(ask) == [AskEventKind.RAISED, AskEventKind.WITHDRAWN]
    assert not Lead.objects.filter(blockers__resolved_at__isnull=False).exists()


STEPS: list[Callable[[Ask, User], object]] = [
    lambda ask, by: answer_ask(ask=ask, answer=answer(), by=by, at=ANSWERED, seen=9),
    lambda ask, by: withdraw_ask(ask=ask, reason="No.", by=by, at=ANSWERED, seen=9),
    lambda ask, by: redate_ask(
        ask=ask, needed_by=date(2026, 3, 13), reason="No.", by=by, at=ANSWERED, seen=9
    ),
]


@pytest.mark.parametrize("step", STEPS)
def test_who_had_seen_the_ask_otherwise_is_told_who_was_first(
    ask: Ask, site_lead: User, step: Callable[[Ask, User], object]
) -> None:
    with pytest.raises(AskMoved, match="Ana Lead was first, at 11:00: asked"):
        step(ask, site_lead)

    assert kinds(ask) == [AskEventKind.RAISED]


def test_the_history_folds_to_the_ask(ask: Ask, site_lead: User, leads: list[Lead]) -> None:
    answered(ask, site_lead, choice=AnswerChoice.NOT_AGREED)
    answered(ask, site_lead, SETTLED)
    settled(ask, site_lead, [lead.pk for lead in leads], SETTLED + timedelta(minutes=1))

    ask.refresh_from_db()
    entries = list(AskEvent.objects.filter(ask=ask))
    said = [entry for entry in entries if entry.kind == AskEventKind.ANSWERED]
    assert [entry.seq for entry in entries] == list(range(1, ask.seq + 1))
    assert (said[-1].choice, said[-1].recorded_at) == (ask.choice, ask.answered_at)
    assert (entries[0].due_at, entries[0].recorded_at) == (ask.due_at, ask.raised_at)
    assert (entries[-1].kind, entries[-1].recorded_at) == (ask.state, ask.ended_at)
    assert ask.question == WORDS

"""Two people, or one form sent twice, at one ask at the same moment (AS2)."""

from functools import partial

import pytest

from recruitment.models import Ask, AskEvent, Blocker, Lead
from recruitment.rules.asks.codes import AskEventKind
from recruitment.rules.vocabulary import BlockerCategory
from recruitment.services.asks import AskMoved, answer_ask
from recruitment.services.asks_settled import Settled, settle_ask
from recruitment.services.study_blockers import open_study_blocker, resolve_study_blocker
from tests.factories.recruitment import make_lead
from tests.recruitment.asks.held import ANSWERED, SETTLED, answer, answered, question, raised
from tests.recruitment.weekly.at_once import Calls, at_once, world
from tests.recruitment.weekly.held import DAY, OPENED

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_question_that_is_sent_twice_at_once_is_one_ask() -> None:
    place, people = world()

    found = at_once([partial(raised, place, people[0]) for _ in range(2)])

    ask = Ask.objects.get()
    assert found == [ask, ask]
    assert AskEvent.objects.count() == 1


def test_of_two_who_answer_at_once_one_is_told_that_the_other_was_first() -> None:
    place, people = world()
    ask = raised(place, people[0])
    said = [answer(), answer(comment="Three years, rather.")]
    calls: Calls = [
        partial(answer_ask, ask=ask, answer=what, by=by, at=ANSWERED, seen=1)
        for what, by in zip(said, people, strict=True)
    ]

    found = at_once(calls)

    assert sorted(type(one).__name__ for one in found) == ["Ask", "AskMoved"]
    assert AskEvent.objects.filter(kind=AskEventKind.ANSWERED).count() == 1
    assert any(isinstance(one, AskMoved) for one in found)


def test_two_who_settle_at_once_free_each_lead_once() -> None:
    place, people = world()
    ask = answered(raised(place, people[0]), people[0])
    leads = list(Lead.objects.values_list("pk", flat=True))
    calls: Calls = [
        partial(settle_ask, ask=ask, leads=leads, words="", by=by, at=SETTLED, seen=2)
        for by in people
    ]

    found = at_once(calls)

    assert [one.freed for one in found if isinstance(one, Settled)] == [4, 4]
    assert not Blocker.objects.filter(resolved_at__isnull=True).exists()
    assert AskEvent.objects.filter(kind=AskEventKind.SETTLED).count() == 1


def test_an_ask_is_settled_while_somebody_resolves_the_blocker_of_the_study() -> None:
    place, people = world()
    leads = [make_lead(place, owner=people[0]).pk for _ in range(3)]
    category = BlockerCategory.VISIT_CAPACITY
    of_study = open_study_blocker(
        study_site=place, category=category, by=people[0], at=OPENED, review_by=OPENED + DAY
    ).blocker
    ask = answered(raised(place, people[0], question(category=category)), people[0])
    waiting = list(ask.leads.values_list("lead", flat=True))
    calls: Calls = [
        partial(settle_ask, ask=ask, leads=waiting, words="", by=people[0], at=SETTLED, seen=2),
        partial(
            resolve_study_blocker,
            blocker=of_study,
            resolution="A third room is open.",
            by=people[1],
            at=SETTLED,
        ),
    ]

    found = at_once(calls)

    assert set(leads) <= set(waiting)
    assert all("deadlock" not in str(one) for one in found)
    open_ones = Blocker.objects.filter(category=category, resolved_at__isnull=True)
    assert not open_ones.exists()

"""Two people at one review at the same moment, on connections of their own (W10)."""

import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection

from accounts.models import User
from recruitment.models import AgendaItem, ReviewAction, Role, StudySite, WeeklyReview
from recruitment.rules.weekly.codes import ItemKind
from recruitment.services.weekly_items import end_item
from recruitment.services.weekly_reviews import ReviewMoved
from tests.factories.recruitment import StudySiteFactory, make_member
from tests.recruitment.weekly.held import OPENED, act, blocked_leads, held_open, item_of

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def at_once(calls: list[Callable[[], object]]) -> list[object]:
    """What each call gave back, or what it raised; they begin together."""
    gate, found = threading.Barrier(len(calls)), list[object]()

    def run(call: Callable[[], object]) -> None:
        gate.wait()
        try:
            found.append(call())
        except ReviewMoved as moved:
            found.append(moved)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return found


def world() -> tuple[StudySite, list[User]]:
    """A study at a site with blocked leads, and two who lead the site."""
    place = StudySiteFactory()
    blocked_leads(place, make_member(Role.COORDINATOR, place))
    return place, [make_member(Role.SITE_LEAD, place.site) for _ in range(2)]


def test_two_who_open_the_same_week_share_one_review() -> None:
    place, people = world()

    found = at_once([partial(held_open, place, by) for by in people])

    review = WeeklyReview.objects.get()
    assert found == [review, review]
    assert AgendaItem.objects.filter(kind=ItemKind.REPEATED_BLOCKER).count() == 1


def test_of_two_who_end_the_same_item_the_second_is_told_and_writes_nothing() -> None:
    place, people = world()
    item = item_of(held_open(place, people[0]), ItemKind.REPEATED_BLOCKER)

    def end(by: User) -> str:
        end_item(item=item, decision=act(item, by), by=by, at=OPENED, seen=None)
        return "ended"

    found = at_once([partial(end, by) for by in people])

    assert sorted(type(one).__name__ for one in found) == ["ReviewMoved", "str"]
    assert ReviewAction.objects.count() == 1

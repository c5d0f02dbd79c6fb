"""Two people at one review at the same moment, on connections of their own (W10)."""

from functools import partial

import pytest

from accounts.models import User
from recruitment.models import AgendaItem, ReviewAction, WeeklyReview
from recruitment.rules.weekly.codes import ItemKind
from recruitment.services.weekly_items import end_item
from tests.recruitment.weekly.at_once import at_once, world
from tests.recruitment.weekly.held import OPENED, act, held_open, item_of

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


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

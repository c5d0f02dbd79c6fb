"""The meeting of a review: who drives, what it shows, and what others see of it (D34)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from recruitment.models import MeetingStep, WeeklyReview
from recruitment.queries.meetings import mark_of, meeting_of
from recruitment.rules.refusals import Refusal
from recruitment.rules.weekly.codes import MeetingPart
from recruitment.rules.weekly.endings import Decision, Ending
from recruitment.services.meetings import show
from tests.factories.recruitment import Role, make_member
from tests.recruitment.weekly.held import OPENED, end, end_all

MINUTE = timedelta(minutes=1)


def test_whoever_goes_somewhere_drives_and_all_see_it(
    review: WeeklyReview, site_lead: User
) -> None:
    (place,) = review.places.all()
    other = make_member(Role.SITE_LEAD, place.site)
    item = review.items.order_by("position").first()

    show(review=review, part=MeetingPart.MOVEMENT, by=site_lead, at=OPENED)
    show(review=review, part=MeetingPart.ITEM, item=item, by=other, at=OPENED + 3 * MINUTE)

    meeting = meeting_of(review, now=OPENED + 5 * MINUTE)
    assert meeting.last is not None
    assert (meeting.last.item, meeting.last.by) == (item, other)
    assert meeting.time_words == "2:00"


def test_going_where_it_is_already_writes_nothing(review: WeeklyReview, site_lead: User) -> None:
    first = show(review=review, part=MeetingPart.MOVEMENT, by=site_lead, at=OPENED)

    assert show(review=review, part=MeetingPart.MOVEMENT, by=site_lead, at=OPENED) == first
    assert MeetingStep.objects.count() == 1


def test_its_mark_changes_with_a_step_with_an_item_that_ends_and_with_the_end(
    review: WeeklyReview, site_lead: User
) -> None:
    marks = [mark_of(review)]
    show(review=review, part=MeetingPart.MOVEMENT, by=site_lead, at=OPENED)
    marks.append(mark_of(review))
    item = review.items.order_by("position").first()
    assert item is not None
    end(item, Decision(Ending.CLOSE, "Nothing to do."), site_lead)
    marks.append(mark_of(review))
    end(item, Decision(Ending.CLOSE, "Still nothing."), site_lead, OPENED + MINUTE)
    marks.append(mark_of(review))
    end_all(review, site_lead, OPENED + MINUTE)
    review.refresh_from_db()
    marks.append(mark_of(review))

    assert len(set(marks)) == len(marks)


def test_a_completed_review_has_no_meeting_any_more(review: WeeklyReview, site_lead: User) -> None:
    end_all(review, site_lead)

    with pytest.raises(Refusal, match="completed"):
        show(review=review, part=MeetingPart.MOVEMENT, by=site_lead, at=OPENED)
    with pytest.raises(IntegrityError, match="is completed"), transaction.atomic():
        MeetingStep.objects.create(review=review, part="movement", at=OPENED, by=site_lead)

"""The meeting of a weekly review: one drives, the others see what she goes to (D34)."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from recruitment.models import AgendaItem, MeetingStep, WeeklyReview
from recruitment.rules.refusals import Refusal
from recruitment.rules.weekly.codes import MeetingPart, ReviewState
from recruitment.services.verbs import verb
from recruitment.services.weekly_reviews import lock_review


@verb
@transaction.atomic
def show(
    *,
    review: WeeklyReview,
    part: MeetingPart,
    item: AgendaItem | None = None,
    by: User,
    at: datetime,
) -> MeetingStep:
    """Let the meeting go to a part of its agenda; `by` drives from now on. `at` is UTC.

    May run twice: going where it is already, by who drives already, writes nothing. Raises Refusal
    for a review that is not in progress.
    """
    locked = lock_review(review)
    if locked.state != ReviewState.IN_PROGRESS:
        raise Refusal("This review is completed; its minutes say what was agreed.")
    last = locked.steps.select_related("by", "item").last()
    if last is not None and (last.part, last.item, last.by) == (part, item, by):
        return last
    return MeetingStep.objects.create(review=locked, part=part, item=item, at=at, by=by)

"""A site whose weekly review has something to say, and short ways through it."""

from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from recruitment.models import AgendaItem, Lead, StudySite, WeeklyReview
from recruitment.rules.vocabulary import BlockerCategory
from recruitment.rules.weekly.codes import DoneWhen, Ending, ItemKind
from recruitment.rules.weekly.endings import Decision
from recruitment.services.blockers import open_blocker
from recruitment.services.weekly_items import Ended, end_item
from recruitment.services.weekly_reviews import complete_review, open_review
from tests.factories.recruitment import MONDAY, make_enquirer, make_lead
from trialsnest.lib.zones import local_time

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
OPENED = MONDAY + HOUR
R = BlockerCategory.MISSING_RECORDS


def blocked_leads(place: StudySite, by: User, number: int = 4) -> list[Lead]:
    """So many leads, each owned by `by` and stopped for want of records."""
    leads = []
    for n in range(number):
        lead = make_lead(place, owner=by, enquirer=make_enquirer(n + 1))
        open_blocker(
            lead=lead,
            category=R,
            by=by,
            at=MONDAY + timedelta(minutes=n + 1),
            seen=lead.version,
            review_by=MONDAY + 3 * DAY,
        )
        lead.refresh_from_db()
        leads.append(lead)
    return leads


def held_open(place: StudySite, by: User, at: datetime = OPENED, **values: Any) -> WeeklyReview:
    """The review of the site's week that holds `at`."""
    given: dict[str, Any] = {"study_site": None} | values
    return open_review(site=place.site, places=[place], by=by, at=at, **given)


def item_of(review: WeeklyReview, kind: ItemKind) -> AgendaItem:
    """The one item of that kind."""
    return AgendaItem.objects.get(review=review, kind=kind)


def act(item: AgendaItem, doer: User, at: datetime = OPENED, **values: Any) -> Decision:
    """An action that its owner says is done, three days on; changed by `values`."""
    today = local_time(at, item.review.site.time_zone).date()
    given: dict[str, Any] = {
        "ending": Ending.ACT,
        "words": "Phone the clinic on its direct line.",
        "owner": doer.pk,
        "due_on": today + 3 * DAY,
        "done_when": DoneWhen.SAID,
    }
    return Decision(**(given | values))


def end(
    item: AgendaItem, decision: Decision, by: User, at: datetime = OPENED, **more: Any
) -> Ended:
    """End the item as the page of `by` shows it."""
    item.refresh_from_db()
    return end_item(item=item, decision=decision, by=by, at=at, seen=item.ended_at, **more)


def end_all(review: WeeklyReview, by: User, at: datetime = OPENED) -> None:
    """Close what is open and complete the review."""
    for item in review.items.filter(ending=""):
        end(item, Decision(Ending.CLOSE, "Nothing to do."), by, at)
    complete_review(review=review, by=by, at=at)

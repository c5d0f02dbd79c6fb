"""The weekly reviews of the demo: the last six weeks' agendas, gone through item by item."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random

from recruitment.demo.agreeing import MOST_CONSIDERED, decide, may_be_acted_on
from recruitment.demo.cases import Story
from recruitment.demo.desks import Desk
from recruitment.models import AgendaItem, ReviewAction, WeeklyReview
from recruitment.rules.weekly.agenda import WEIGHT
from recruitment.rules.weekly.codes import ActionState, DoneWhen, ItemKind
from recruitment.services.weekly_items import end_item, finish_action
from recruitment.services.weekly_reviews import complete_review, open_review
from trialsnest.lib.zones import DAY, instant_of, local_time

WEEKS_REVIEWED = 6
WEEKS_OF_STUDIES = 5  # where each study has its own: as many as the list of reviews holds
SKIPPED = {"MESA": frozenset({1, 4})}  # weeks before the last review in which nobody met
APART = timedelta(minutes=35)  # the reviews of single studies, one after the other
AN_ITEM = (50, 140)  # seconds that one takes
AGREED = (1, 2, 2, 3)  # actions of a review, with those that are gone on with
SAID_SO = 0.6  # of the actions whose owner has to say that they are done
SAID_AT = time(15)  # of the day on which such an action is due


@dataclass(frozen=True)
class Meeting:
    """The weekly review of a whole site, or of one study there, at its `moments` (UTC).

    A site whose desks live in both halves of the history holds one for each study: neither half
    knows the other's leads. `chance` is its own, so that no lead's life depends on it.
    """

    desks: Sequence[Desk]
    is_whole: bool
    moments: Sequence[datetime]
    chance: Random

    @property
    def half(self) -> int:
        """Which half of the history it belongs to."""
        return self.desks[0].half

    @property
    def first(self) -> datetime:
        """When the first review is opened."""
        return self.moments[0]


def plan_meetings(
    desks: Sequence[Desk], *, at: datetime, chance: Callable[[str], Random]
) -> list[Meeting]:
    """The reviews of the five or six weeks before `at` (UTC), on each site's own day and time.

    `chance` gives a source of chance for a purpose.
    """
    by_site: dict[str, list[Desk]] = {}
    for desk in desks:
        by_site.setdefault(desk.study_site.site.code, []).append(desk)
    meetings = []
    for code, here in by_site.items():
        if len({desk.half for desk in here}) == 1:
            moments = list(_moments(here[0], at, WEEKS_REVIEWED))
            meetings.append(Meeting(here, True, moments, chance(f"reviews {code}")))
            continue
        for place, desk in enumerate(here):
            later = [each + place * APART for each in _moments(desk, at, WEEKS_OF_STUDIES)]
            purpose = f"reviews {code} {desk.plan.code}"
            meetings.append(Meeting([desk], False, later, chance(purpose)))
    return [meeting for meeting in meetings if meeting.moments]


def _moments(desk: Desk, at: datetime, number: int) -> Iterator[datetime]:
    """When the site's last `number` reviews begin, the earliest first; never on a closed day."""
    site = desk.study_site.site
    if site.review_weekday is None or site.review_at is None:
        return
    today = local_time(at, desk.zone).date()
    last = today - (today.weekday() - site.review_weekday) % 7 * DAY
    if instant_of(last, site.review_at, desk.zone) > at:
        last -= 7 * DAY
    for weeks in reversed(range(number)):
        day = last - weeks * 7 * DAY
        if weeks not in SKIPPED.get(site.code, ()) and desk.calendar.works_on(day):
            yield instant_of(day, site.review_at, desk.zone)


def hold(meeting: Meeting) -> Story:
    """Every review of the meeting, and between them what owners say is done."""
    for number, opened_at in enumerate(meeting.moments):
        if number:
            yield opened_at
        yield from _review(meeting, opened_at)
        following = meeting.moments[number + 1 : number + 2]
        yield from _say_done(meeting, before=following[0] if following else None)


def _review(meeting: Meeting, opened_at: datetime) -> Story:
    """Open it, end one item after the other, and complete it."""
    one = meeting.desks[0]
    places = [desk.study_site for desk in meeting.desks]
    study_site = None if meeting.is_whole else one.study_site
    review = open_review(
        site=one.study_site.site, places=places, study_site=study_site, by=one.lead, at=opened_at
    )
    items = _in_order(review)
    known = {_key(item.carried) for item in items if item.carried is not None}
    new = [item for item in items if may_be_acted_on(item) and _key(item) not in known]
    acted = _most_important(new, len(known), meeting.chance)
    desk_of = {desk.study_site.pk: desk for desk in meeting.desks}
    at = opened_at
    for item in items:
        at += timedelta(seconds=meeting.chance.randint(*AN_ITEM))
        yield at
        desk = desk_of[item.study_site_id]
        decision = decide(
            item,
            desk,
            acts=item in acted,
            is_known=_key(item) in known,
            at=at,
            rng=meeting.chance,
        )
        end_item(item=item, decision=decision, by=desk.lead, at=at, seen=None)
    at += timedelta(seconds=meeting.chance.randint(*AN_ITEM))
    yield at
    complete_review(review=review, by=one.lead, at=at)


def _in_order(review: WeeklyReview) -> list[AgendaItem]:
    """The items as they are gone through.

    Actions still open stand by what they are about, not by their keys: those differ between a
    history that is told in one process and one that is told in two.
    """
    rows = review.items.select_related("carried", "study_site__site").order_by("position")
    return sorted(rows, key=lambda item: (item.carried is None, *_about(item), item.position))


def _about(item: AgendaItem) -> tuple[int, str, str, str]:
    old = item.carried
    if old is None:
        return (0, "", "", "")
    return (old.study_site_id, old.kind, old.code, old.agreed_at.isoformat())


def _key(about: AgendaItem | ReviewAction) -> tuple[int, str, str]:
    """What an item or an action is about, the same from week to week."""
    return about.study_site_id, about.kind, about.code


def _most_important(new: Sequence[AgendaItem], carried: int, rng: Random) -> list[AgendaItem]:
    """Those of the new items that end with an action: one at least where there is any."""
    ranked = sorted(new, key=lambda one: (WEIGHT[ItemKind(one.kind)], -one.value, one.position))
    chosen = ranked[:MOST_CONSIDERED]
    wanted = max(1, rng.choice(AGREED) - carried)
    return rng.sample(chosen, min(wanted, len(chosen)))


def _say_done(meeting: Meeting, *, before: datetime | None) -> Story:
    """On the day it is due an owner says that her action is done; others forget to."""
    open_ones = ReviewAction.objects.filter(
        study_site__in=[desk.study_site for desk in meeting.desks],
        state=ActionState.OPEN,
        done_when=DoneWhen.SAID,
    ).select_related("owner")
    rows = open_ones.order_by("due_on", "study_site", "kind", "code", "agreed_at")
    said = [action for action in rows if meeting.chance.random() < SAID_SO]
    days = [(_on_its_day(action, meeting), place, action) for place, action in enumerate(said)]
    for done_at, _, action in sorted(days):
        if before is None or done_at < before:
            yield done_at
            finish_action(action=action, by=action.owner, at=done_at)


def _on_its_day(action: ReviewAction, meeting: Meeting) -> datetime:
    about = timedelta(seconds=meeting.chance.randint(-3600, 3600))
    return instant_of(action.due_on, SAID_AT, meeting.desks[0].zone) + about

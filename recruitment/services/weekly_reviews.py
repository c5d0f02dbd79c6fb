"""The weekly review: opened once a week and scope, ended item by item, completed (domain.md 11)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.models import User
from recruitment.models import (
    AgendaItem,
    AgendaLead,
    Blocker,
    LastAction,
    Lead,
    ReviewAction,
    ReviewActionLead,
    ReviewCorrection,
    Site,
    StudySite,
    WeeklyReview,
)
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.texts import line_of
from recruitment.rules.weekly.agenda import Finding, agenda
from recruitment.rules.weekly.codes import ActionState, ItemKind, ReviewState
from recruitment.rules.weekly.endings import MAX_WORDS
from recruitment.services.log import check_times
from recruitment.services.verbs import verb
from recruitment.services.weekly_actions import Checked, checked, open_actions, values_of
from recruitment.services.weekly_figures import freeze_forecast, freeze_movement
from recruitment.services.weekly_findings import findings
from trialsnest.lib.weeks import WEEK, Week

FIRST_LOOKS_BACK = timedelta(weeks=1)  # of a scope that was never reviewed
MOST_SKIPPED = 26  # weeks without a review that are written down one by one


class ReviewMoved(Refusal):
    """Somebody else changed the review since the caller's page was made."""


@verb
@transaction.atomic
def open_review(
    *, site: Site, places: Sequence[StudySite], study_site: StudySite | None, by: User, at: datetime
) -> WeeklyReview:
    """Open the review of the site's week that holds `at` (UTC), and freeze its agenda (W1).

    `places` are the studies at the site; `study_site` narrows the review to one of them. May run
    twice, and by two people at once: a review that is open or completed already is given back as
    it is. Weeks since the last one that had no review are written down as skipped (W9). What was
    agreed before is checked against the log: done actions end, the others are carried over (W7).
    """
    check_times(occurred_at=at, at=at, received_at=None)
    week = Week.containing(at, site.time_zone)
    known = _of_week(site, study_site, week.monday)
    if known is not None and known.state != ReviewState.SKIPPED:
        return known
    last = _last(site, study_site, before=week.monday)
    since = last.opened_at if last and last.opened_at else at - FIRST_LOOKS_BACK
    try:
        with transaction.atomic():
            review = WeeklyReview.objects.create(
                site=site,
                study_site=study_site,
                monday=week.monday,
                state=ReviewState.IN_PROGRESS,
                since=since,
                opened_at=at,
                opened_by=by,
            )
    except IntegrityError as error:
        if "weekly_review_once" not in str(error):
            raise
        first = _of_week(site, study_site, week.monday)
        assert first is not None  # noqa: S101  (the constraint says that there is one)
        return first
    if last is not None:
        _write_skipped(last, week.monday)
    covered = [study_site] if study_site else list(places)
    review.places.set(covered)
    _freeze(review, covered)
    return review


def _of_week(site: Site, study_site: StudySite | None, monday: date) -> WeeklyReview | None:
    rows = WeeklyReview.objects.filter(site=site, study_site=study_site, monday=monday)
    return rows.first()


def _last(site: Site, study_site: StudySite | None, *, before: date) -> WeeklyReview | None:
    """The last review that was held."""
    rows = WeeklyReview.objects.filter(site=site, study_site=study_site, monday__lt=before)
    return rows.exclude(state=ReviewState.SKIPPED).order_by("-monday").first()


def _write_skipped(last: WeeklyReview, monday: date) -> None:
    missed: list[WeeklyReview] = []
    week = monday - WEEK
    while week > last.monday and len(missed) < MOST_SKIPPED:
        missed.append(
            WeeklyReview(
                site_id=last.site_id,
                study_site_id=last.study_site_id,
                monday=week,
                state=ReviewState.SKIPPED,
            )
        )
        week -= WEEK
    WeeklyReview.objects.bulk_create(missed, ignore_conflicts=True)


def _freeze(review: WeeklyReview, places: Sequence[StudySite]) -> None:
    """Write down what is found now; nothing of it changes afterwards."""
    at, since = review.opened_at, review.since
    assert at is not None  # noqa: S101  (it is open)
    assert since is not None  # noqa: S101  (as above)
    freeze_movement(review, places, since=since, now=at)
    freeze_forecast(review, places, now=at)
    found = findings(places, since=since, now=at)
    elsewhere = Q(carried_in__review__state=ReviewState.IN_PROGRESS)  # gone through already
    actions = list(open_actions(places).exclude(elsewhere).select_for_update(of=("self",)))
    looked = checked(actions, values_of(found), now=at)
    LastAction.objects.bulk_create(
        LastAction(
            review=review,
            action=one.action,
            is_done=one.is_done,
            done=one.done,
            total=one.total,
            value=one.value,
        )
        for one in looked
    )
    _end_done(looked, at=at)
    carried = {str(one.action.pk): one for one in looked if not one.is_done}
    about = _about(actions)
    ranked = agenda([*(_carried(one, about) for one in carried.values()), *found])
    review.rest = len(ranked.rest)
    review.save(update_fields=["rest"])
    items = AgendaItem.objects.bulk_create(
        AgendaItem(
            review=review,
            position=position,
            lane=one.lane,
            kind=one.kind,
            study_site_id=one.place,
            code=one.code,
            value=one.value,
            of=one.of,
            subject_id=one.subject or None,
            carried=carried[one.code].action if one.kind == ItemKind.CARRIED_ACTION else None,
        )
        for position, one in enumerate(ranked.items, 1)
    )
    _list_leads(dict(zip(items, ranked.items, strict=True)))


def _end_done(looked: Sequence[Checked], *, at: datetime) -> None:
    for one in looked:
        if one.is_done:
            one.action.state, one.action.ended_at = ActionState.DONE, at
            one.action.save(update_fields=["state", "ended_at"])


def _about(actions: Sequence[ReviewAction]) -> Mapping[int, Sequence[int]]:
    """The leads of each action."""
    found: dict[int, list[int]] = defaultdict(list)
    rows = ReviewActionLead.objects.filter(action__in=actions).order_by("lead")
    for action, lead in rows.values_list("action", "lead"):
        found[action].append(lead)
    return found


def _carried(one: Checked, about: Mapping[int, Sequence[int]]) -> Finding:
    key = one.action.pk
    return Finding(
        ItemKind.CARRIED_ACTION,
        one.action.study_site_id,
        str(key),
        one.value,
        leads=tuple(about[key]),
    )


def _list_leads(items: Mapping[AgendaItem, Finding]) -> None:
    """The leads of each item as they stand now. Three statements, whatever their number."""
    wanted = {key for one in items.values() for key in one.leads}
    leads = Lead.objects.in_bulk(wanted)
    blockers: dict[int, str] = {}
    standing = Blocker.objects.filter(lead__in=wanted, resolved_at__isnull=True)
    for lead, category in standing.order_by("opened_at", "pk").values_list("lead", "category"):
        blockers.setdefault(lead, category)
    AgendaLead.objects.bulk_create(
        AgendaLead(
            item=item,
            lead=leads[key],
            position=position,
            stage=leads[key].stage,
            owner_id=leads[key].owner_id,
            next_type=leads[key].next_type,
            due_at=leads[key].due_at,
            stale_at=leads[key].stale_at,
            moved_at=leads[key].last_movement_at or leads[key].received_at,
            blocker=blockers.get(key, ""),
        )
        for item, one in items.items()
        for position, key in enumerate(one.leads, 1)
    )


@verb
@transaction.atomic
def complete_review(*, review: WeeklyReview, by: User, at: datetime) -> WeeklyReview:
    """End the review; from now on nothing of it changes (W5, W9). `at` is UTC.

    May run twice: a completed one is given back as it is. Raises InvalidInput naming the items
    that have not ended, by their numbers.
    """
    locked = lock_review(review)
    if locked.state == ReviewState.COMPLETED:
        return locked
    open_ones = locked.items.filter(ending="").values_list("position", flat=True)
    if open_ones:
        numbers = ", ".join(str(number) for number in open_ones)
        raise InvalidInput(
            f"Every item ends with an owner and a date, or a reason why not. Open: {numbers}.",
            field="items",
        )
    locked.state, locked.completed_at, locked.completed_by = ReviewState.COMPLETED, at, by
    locked.save(update_fields=["state", "completed_at", "completed_by"])
    return locked


def lock_review(review: WeeklyReview) -> WeeklyReview:
    """The review as it is, locked; every change of it begins here, before leads are locked."""
    return WeeklyReview.objects.select_for_update().get(pk=review.pk)


@verb
@transaction.atomic
def correct_review(*, review: WeeklyReview, words: str, by: User, at: datetime) -> ReviewCorrection:
    """Write a correction under a completed review (W9). `at` is UTC. Raises InvalidInput."""
    said = line_of(words, most=MAX_WORDS, field="words", missing="Write what was wrong.")
    if lock_review(review).state != ReviewState.COMPLETED:
        raise InvalidInput("This review is not completed; change the item itself.", field="words")
    return ReviewCorrection.objects.create(review=review, words=said, at=at, by=by)

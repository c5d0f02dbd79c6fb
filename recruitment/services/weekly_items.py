"""How an item of a weekly review ends: an action, an accept or a close (D34, W4-W7)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta

from django.db import transaction

from accounts.models import User
from recruitment.models import (
    AgendaItem,
    Lead,
    ReviewAction,
    ReviewActionLead,
    StudySite,
    StudySiteUserPermission,
)
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.stages import CLOSED
from recruitment.rules.texts import line_of
from recruitment.rules.vocabulary import ActionType
from recruitment.rules.weekly.codes import ActionState, DoneWhen, Ending, ItemKind, ReviewState
from recruitment.rules.weekly.endings import MAX_WORDS, Decision, check_decision
from recruitment.services.next_actions import set_next_action
from recruitment.services.ownership import hold_user
from recruitment.services.verbs import verb
from recruitment.services.weekly_reviews import ReviewMoved, lock_review
from trialsnest.lib.words import clock, local
from trialsnest.lib.zones import instant_of, local_time

MAY_OWN = frozenset({"work_leads", "lead_site", "review_leads"})
"""Who is delegated for a study at a site may take on an action there."""
DUE_AT = time(16)  # of the day that was chosen, on the site's clock
AT_LEAST = timedelta(hours=1)  # ahead, for what is to be done today


@dataclass(frozen=True)
class NextStep:
    """The action of the review as the next action of its leads (W6).

    A promised call-back is kept, unless `releases_promises` (D18).
    """

    type: ActionType
    releases_promises: bool = False


@dataclass(frozen=True)
class Ended:
    """The item as it ended, how many leads got the next action, and who did not, with why."""

    item: AgendaItem
    set_on: int = 0
    left: Sequence[tuple[str, str]] = field(default=())


@verb
@transaction.atomic
def end_item(
    *,
    item: AgendaItem,
    decision: Decision,
    by: User,
    at: datetime,
    seen: datetime | None,
    next_step: NextStep | None = None,
) -> Ended:
    """End the item, or end it in another way while the review is in progress. `at` is UTC.

    `seen` is when the item had ended on the caller's page, None if it had not. With `next_step`
    the linked leads get it as their next action, due on the action's day; a lead for which that
    cannot be is left as it is and named. Locks: the owner, the review, then leads by their key.
    Raises InvalidInput naming the field, Refusal for a completed review, ReviewMoved where
    somebody ended the item meanwhile; then nothing is written.
    """
    owner = None
    if decision.is_action and decision.owner is not None:
        owner = User.objects.filter(pk=decision.owner).first()
        if owner is not None:
            hold_user(owner)
    locked = _lock(item, seen)
    words = line_of(decision.words, most=MAX_WORDS, field="words")
    decision = replace(decision, words=words)
    today = local_time(at, locked.review.site.time_zone).date()
    check_decision(
        decision,
        ItemKind(locked.kind),
        times_carried=locked.times_carried,
        today=today,
        value=locked.value,
    )
    _take_back(locked, by=by, at=at)
    if owner is None and decision.is_action:
        raise InvalidInput("Choose who does it.", field="owner")
    action = None
    if owner is not None:
        check_may_own(owner, locked.study_site)
        action = _agree(locked, decision, owner, by=by, at=at)
    _end_carried(locked, decision, by=by, at=at)
    locked.ending, locked.words, locked.action = decision.ending, words, action
    locked.relook_on = decision.relook_on if decision.ending == Ending.ACCEPT else None
    locked.ended_at, locked.ended_by = at, by
    locked.save()
    if action is None or next_step is None:
        return Ended(locked)
    return _set_on_leads(locked, action, decision, next_step, by=by, at=at)


def check_may_own(owner: User, place: StudySite) -> None:
    """Raise InvalidInput unless `owner` is active and delegated for the study at the site."""
    held = StudySiteUserPermission.objects.filter(
        user=owner, content_object=place, permission__codename__in=sorted(MAY_OWN)
    )
    if not owner.is_active:
        raise InvalidInput(f"{owner.name} has left; choose somebody else.", field="owner")
    if not held.exists():
        raise InvalidInput(
            f"{owner.name} does not work on {place.study.code} here; choose somebody who does.",
            field="owner",
        )


def _lock(item: AgendaItem, seen: datetime | None) -> AgendaItem:
    """The item under the lock of its review, as the caller's page had seen it."""
    review = lock_review(item.review)
    if review.state != ReviewState.IN_PROGRESS:
        raise Refusal("This review is completed; write a correction under it.")
    locked = AgendaItem.objects.select_related(
        "review__site", "study_site__study", "study_site__site", "carried", "action", "ended_by"
    ).get(pk=item.pk)
    if locked.ended_at != seen:
        raise ReviewMoved(_moved(locked))
    return locked


def _moved(item: AgendaItem) -> str:
    if item.ended_at is None or item.ended_by is None:
        return "This item was opened again meanwhile."
    there = local(item.ended_at, item.review.site.time_zone)
    return f"{item.ended_by.name} ended this item at {clock(there)}. What you typed is kept below."


def _take_back(item: AgendaItem, *, by: User, at: datetime) -> None:
    """What was agreed on the item before in this review gives way to what is agreed now."""
    action = item.action
    if action is not None:
        item.action, item.ending, item.ended_at, item.ended_by = None, "", None, None
        item.words, item.relook_on = "", None
        item.save()
        _end(action, ActionState.DROPPED, by=by, at=at)


def _agree(
    item: AgendaItem, decision: Decision, owner: User, *, by: User, at: datetime
) -> ReviewAction:
    old, due_on, done_when = item.carried, decision.due_on, decision.done_when
    assert due_on is not None  # noqa: S101  (check_decision refused it)
    assert done_when is not None  # noqa: S101  (as above)
    subject = old or item  # a carried action stays about what it was about
    action = ReviewAction.objects.create(
        site=item.review.site,
        study_site=item.study_site,
        kind=subject.kind,
        code=subject.code,
        words=decision.words,
        owner=owner,
        due_on=due_on,
        done_when=done_when,
        value=item.value,
        goal=decision.goal if decision.done_when == DoneWhen.FEWER else None,
        is_escalated=decision.ending == Ending.ESCALATE,
        times_carried=item.times_carried,
        agreed_at=at,
        agreed_by=by,
    )
    listed = set(item.leads.values_list("lead", flat=True))
    if not set(decision.leads) <= listed:
        raise InvalidInput("Only leads of this item can be ticked.", field="leads")
    ReviewActionLead.objects.bulk_create(
        ReviewActionLead(action=action, lead_id=key) for key in sorted(set(decision.leads))
    )
    return action


def _end_carried(item: AgendaItem, decision: Decision, *, by: User, at: datetime) -> None:
    """The action of an earlier review: gone on with, dropped, or left until it is looked at."""
    old = item.carried
    if old is None:
        return
    if decision.is_action:
        _end(old, ActionState.CARRIED, by=by, at=at)
    elif decision.ending == Ending.CLOSE:
        _end(old, ActionState.DROPPED, by=by, at=at)
    elif decision.relook_on is not None:
        old.state, old.ended_at, old.ended_by = ActionState.OPEN, None, None
        old.due_on, old.times_carried = decision.relook_on, item.times_carried
        old.save()


def _end(action: ReviewAction, state: ActionState, *, by: User, at: datetime) -> None:
    action.state, action.ended_at, action.ended_by = state, at, by
    action.save(update_fields=["state", "ended_at", "ended_by"])


def _set_on_leads(
    item: AgendaItem,
    action: ReviewAction,
    decision: Decision,
    step: NextStep,
    *,
    by: User,
    at: datetime,
) -> Ended:
    """The next action on each lead, under one action id; what cannot be is told (W6, D18)."""
    due_at = max(
        instant_of(action.due_on, DUE_AT, item.review.site.time_zone),
        at + AT_LEAST,
    )
    plan = Plan(step.type, due_at, detail=action.words[:200])
    action_id, left = uuid.uuid4(), []
    leads = Lead.objects.filter(pk__in=set(decision.leads)).order_by("pk")
    for lead in leads.select_related("study_site__study", "study_site__site", "person"):
        why = _why_not(lead, step)
        if not why:
            try:
                set_next_action(
                    lead=lead,
                    plan=plan,
                    by=by,
                    at=at,
                    seen=lead.version,
                    reason=action.words[:200],
                    action_id=action_id,
                )
            except Refusal as refusal:
                why = str(refusal)
        if why:
            left.append((lead.number, why))
    return Ended(item, len(leads) - len(left), left)


def _why_not(lead: Lead, step: NextStep) -> str:
    if lead.stage in CLOSED:
        return "It is closed."
    if lead.is_promised and not step.releases_promises:
        return "A promised call-back stays."
    return ""


@verb
@transaction.atomic
def finish_action(*, action: ReviewAction, by: User, at: datetime) -> None:
    """Its owner, or the site's lead, says that an action is done. `at` is UTC.

    May run twice. Raises Refusal for one that was dropped or carried over, and for one that the
    log has to show.
    """
    locked = ReviewAction.objects.select_for_update().get(pk=action.pk)
    if locked.state == ActionState.DONE:
        return
    if locked.state != ActionState.OPEN:
        raise Refusal("This action was ended in a review already.")
    if locked.done_when != DoneWhen.SAID:
        raise Refusal("The log shows when this is done; nobody has to say so.")
    _end(locked, ActionState.DONE, by=by, at=at)

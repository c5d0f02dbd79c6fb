"""Naming what stops a lead, and taking the name off again (7.1, B1, D23)."""

from datetime import datetime

from accounts.models import User
from recruitment.models import Blocker, Lead
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import MAX_AHEAD, Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import CLOSED
from recruitment.rules.vocabulary import BLOCKER_PARTIES, BlockerCategory, Party
from recruitment.services.log import Change, change
from recruitment.services.next_actions import replace_action


def open_blocker(
    *,
    lead: Lead,
    category: BlockerCategory,
    by: User,
    at: datetime,
    seen: int,
    waiting_on: Party | None = None,
    review_by: datetime | None = None,
    plan: Plan | None = None,
    detail: str = "",
) -> Blocker:
    """Name a blocker; the lead then waits on `waiting_on`, by default the category's usual party.

    `review_by` (UTC) is when somebody looks again. Raises InvalidInput for a party the category
    cannot wait on, a review date that has passed or is more than a year ahead, or a second one
    of the same category.
    """
    with change(lead, by=by, at=at, seen=seen) as work:
        if work.state.stage in CLOSED:
            raise InvalidInput("A closed lead has no blocker.", field="category")
        if any(blocker.category == category for blocker in work.state.blockers):
            raise InvalidInput(f"{category.label} is open already.", field="category")
        blocker = add_blocker(work, category, waiting_on, review_by=review_by, detail=detail)
        if plan is not None:
            replace_action(work, plan, done=True)
        return blocker


def add_blocker(
    work: Change,
    category: BlockerCategory,
    waiting_on: Party | None = None,
    *,
    review_by: datetime | None = None,
    detail: str = "",
) -> Blocker:
    """Write the blocker and its event, inside a change that is open."""
    parties = BLOCKER_PARTIES[category]
    party = waiting_on or parties[0]
    if party not in parties:
        names = " or ".join(allowed.label.lower() for allowed in parties)
        raise InvalidInput(f"{category.label} waits on the {names}.", field="waiting_on")
    if review_by is not None and review_by <= work.at:
        raise InvalidInput("The review date has already passed.", field="review_by")
    if review_by is not None and review_by > work.at + MAX_AHEAD:
        raise InvalidInput("The review date is more than a year ahead.", field="review_by")
    blocker = work.make(
        Blocker,
        category=category,
        waiting_on=party,
        owner_id=work.state.owner_id,
        review_by=review_by,
        opened_at=work.occurred_at,
        opened_by=work.by,
        detail=detail,
    )
    work.add(
        EventKind.BLOCKER_OPENED,
        code=category,
        reason_code=party,
        subject_id=blocker.pk,
        due_at=review_by,
    )
    return blocker


def resolve_blocker(
    *, blocker: Blocker, by: User, at: datetime, seen: int, plan: Plan | None = None
) -> None:
    """Take the blocker off. `at` is UTC. Raises InvalidInput if it is off already, LeadChanged."""
    with change(blocker.lead, by=by, at=at, seen=seen) as work:
        row = Blocker.objects.filter(pk=blocker.pk, resolved_at__isnull=True).first()
        if row is None:
            raise InvalidInput("This blocker was resolved already.", field="blocker")
        work.alter(row, resolved_at=work.at, resolved_by=by)
        work.add(EventKind.BLOCKER_RESOLVED, code=row.category, subject_id=row.pk)
        if plan is not None:
            replace_action(work, plan, done=True)

"""Naming what stops a lead, and taking the name off again (7.1, B1, D23, PZ2, PZ3)."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from recruitment.models import Blocker, Lead, StudyBlocker, SubReason
from recruitment.rules.blocking import DECIDERS, MAX_REVIEW_AHEAD, needs_review_by, review_limit
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import MAX_AHEAD, Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import CLOSED
from recruitment.rules.vocabulary import BLOCKER_PARTIES, BlockerCategory, Party
from recruitment.services.calendars import calendar_of
from recruitment.services.log import Change, change
from recruitment.services.next_actions import replace_action
from recruitment.services.ownership import works
from recruitment.services.verbs import verb

MAX_WORDS = 200  # characters of a detail, of a resolution and of why a review is re-dated


@dataclass(frozen=True, kw_only=True)
class Named:
    """What is known about a blocker besides its category and its party (B1).

    `review_by` (UTC) is when somebody looks again. `owner` sees to it; None is whoever owns the
    lead. `decision_from` is who must decide something ("" where nothing is to be decided).
    """

    review_by: datetime | None = None
    owner: User | None = None
    decision_from: str = ""
    sub_reason: SubReason | None = None
    detail: str = ""
    study_blocker: StudyBlocker | None = None


@verb
def open_blocker(
    *,
    lead: Lead,
    category: BlockerCategory,
    by: User,
    at: datetime,
    seen: int,
    waiting_on: Party | None = None,
    review_by: datetime | None = None,
    owner: User | None = None,
    decision_from: str = "",
    sub_reason: SubReason | None = None,
    plan: Plan | None = None,
    detail: str = "",
) -> Blocker:
    """Name a blocker; the lead then waits on `waiting_on`, by default the category's usual party.

    One that stops the clocks needs `review_by` (UTC), at most ten working days ahead (PZ2). On an
    unowned lead it is `by` who sees to it where no `owner` is named. Raises InvalidInput for a
    party the category cannot wait on, a review date that is missing, has passed or is too far
    ahead, an owner who does not work here, a sub-reason of elsewhere, or a second blocker of the
    same category. A study is never paused for one lead: it is halted (D32). It begins `at`, never
    earlier (PZ3).
    """
    if category == BlockerCategory.STUDY_PAUSED:
        raise InvalidInput("A study is halted as a whole, by its site lead.", field="category")
    with change(lead, by=by, at=at, seen=seen) as work:
        if owner is not None and not works(owner, work.lead):
            raise InvalidInput(f"{owner.name} does not work on this study here.", field="owner")
        if owner is None and work.state.owner_id is None:
            owner = by
        about = Named(
            review_by=review_by,
            owner=owner,
            decision_from=decision_from,
            sub_reason=sub_reason,
            detail=detail,
        )
        blocker = add_blocker(work, category, waiting_on, about)
        if plan is not None:
            replace_action(work, plan, done=True)
        return blocker


def add_blocker(
    work: Change,
    category: BlockerCategory,
    waiting_on: Party | None = None,
    about: Named | None = None,
) -> Blocker:
    """Write the blocker and its event, inside a change that is open. Two statements."""
    about = about or Named()
    if work.state.stage in CLOSED:
        raise InvalidInput("A closed lead has no blocker.", field="category")
    if any(blocker.category == category for blocker in work.state.blockers):
        raise InvalidInput(f"{category.label} is open already.", field="category")
    party = check_party(category, waiting_on)
    if about.study_blocker is None or category != BlockerCategory.STUDY_PAUSED:
        check_review(work, category, party, about.review_by)  # a halt's is but a reminder (D32)
    _check_named(work.lead, category, about)
    blocker = work.make(
        Blocker,
        category=category,
        waiting_on=party,
        owner=about.owner,
        review_by=about.review_by,
        opened_at=work.at,  # a blocker is never dated back (PZ3)
        opened_by=work.by,
        decision_from=about.decision_from,
        sub_reason=about.sub_reason,
        study_blocker=about.study_blocker,
        detail=about.detail,
    )
    work.add(
        EventKind.BLOCKER_OPENED,
        code=category,
        reason_code=party,
        subject_id=blocker.pk,
        due_at=about.review_by,
        occurred_at=work.at,
    )
    return blocker


def check_party(category: BlockerCategory, waiting_on: Party | None) -> Party:
    """The party, by default the category's usual one; InvalidInput names those allowed (7.1)."""
    parties = BLOCKER_PARTIES[category]
    party = waiting_on or parties[0]
    if party not in parties:
        names = " or ".join(allowed.label.lower() for allowed in parties)
        raise InvalidInput(f"{category.label} waits on the {names}.", field="waiting_on")
    return party


def check_review(
    work: Change, category: BlockerCategory, party: Party, review_by: datetime | None
) -> None:
    """Refuse a review date that is missing, has passed or is too far ahead (PZ2, PZ3)."""
    check_review_by(category, party, review_by, at=work.at, limit=review_end(work.lead, at=work.at))


def review_end(lead: Lead, *, at: datetime) -> datetime:
    """The first instant (UTC) too far ahead for a review, on the calendar of the lead's site."""
    return review_limit(at=at, calendar=calendar_of(lead.study_site.site))


def check_review_by(
    category: BlockerCategory,
    party: Party,
    review_by: datetime | None,
    *,
    at: datetime,
    limit: datetime,
) -> None:
    """The same for plain values; `limit` is the end of what is allowed where clocks stop."""
    stops = needs_review_by(category, party)
    if review_by is None:
        if stops:
            sentence = f"Say when to look at it again, within {MAX_REVIEW_AHEAD} working days."
            raise InvalidInput(sentence, field="review_by")
        return
    if review_by.tzinfo is None:
        raise InvalidInput("The review date has no time zone.", field="review_by")
    if review_by <= at:
        raise InvalidInput("The review date has already passed.", field="review_by")
    if stops and review_by >= limit:
        sentence = f"Look at it again within {MAX_REVIEW_AHEAD} working days."
        raise InvalidInput(sentence, field="review_by")
    if review_by > at + MAX_AHEAD:
        raise InvalidInput("The review date is more than a year ahead.", field="review_by")


def check_words(text: str, *, field: str, missing: str = "") -> str:
    """The words, stripped; InvalidInput over the limit, and with `missing` when there are none."""
    words = text.strip()
    if missing and not words:
        raise InvalidInput(missing, field=field)
    if len(words) > MAX_WORDS:
        raise InvalidInput(f"At most {MAX_WORDS} characters.", field=field)
    return words


def check_decider(decision_from: str) -> None:
    """Refuse a party that decides nothing (B1, E2)."""
    if decision_from and decision_from not in DECIDERS:
        names = ", ".join(name.lower() for name in DECIDERS.values())
        raise InvalidInput(f"A decision comes from one of: {names}.", field="decision_from")


def _check_named(lead: Lead, category: BlockerCategory, about: Named) -> None:
    check_words(about.detail, field="detail")
    check_decider(about.decision_from)
    sub = about.sub_reason
    if sub is None:
        return
    its_own = sub.study_id == lead.study_site.study_id and sub.under == "blocker"
    if not its_own or sub.code != category or sub.retired_at is not None:
        sentence = f"That is no sub-reason of {category.label.lower()} in this study."
        raise InvalidInput(sentence, field="sub_reason")


@verb
def resolve_blocker(
    *,
    blocker: Blocker,
    resolution: str,
    by: User,
    at: datetime,
    seen: int,
    plan: Plan | None = None,
) -> None:
    """Take the blocker off; `resolution` says in words how it ended and is needed (B1).

    `at` is UTC. Raises InvalidInput if it is off already, LeadChanged.
    """
    words = check_words(resolution, field="resolution", missing="Say how it was resolved.")
    with change(blocker.lead, by=by, at=at, seen=seen) as work:
        end_blocker(work, open_row(blocker), words)
        if plan is not None:
            replace_action(work, plan, done=True)


def end_blocker(work: Change, row: Blocker, resolution: str) -> None:
    """Write the end of an open blocker and its event, inside a change that is open."""
    work.alter(
        row,
        resolved_at=max(work.at, row.opened_at),
        resolved_by=work.by,
        resolution=resolution,
    )
    work.add(EventKind.BLOCKER_RESOLVED, code=row.category, subject_id=row.pk, occurred_at=work.at)


@verb
def redate_blocker(
    *, blocker: Blocker, review_by: datetime, reason: str, by: User, at: datetime, seen: int
) -> None:
    """Look at the blocker again at another time, `review_by` (UTC), and say why.

    The new time lies ahead (PZ3) and within the limit of `open_blocker`. It is no movement (M2).
    Raises InvalidInput, LeadChanged.
    """
    words = check_words(reason, field="reason", missing="Say why the review is re-dated.")
    with change(blocker.lead, by=by, at=at, seen=seen) as work:
        set_review(work, open_row(blocker), review_by, words)


def set_review(work: Change, row: Blocker, review_by: datetime, reason: str) -> None:
    """Write another review date and its event, inside a change that is open."""
    check_review(work, BlockerCategory(row.category), Party(row.waiting_on), review_by)
    work.alter(row, review_by=review_by)
    work.add(
        EventKind.BLOCKER_REDATED,
        code=row.category,
        subject_id=row.pk,
        due_at=review_by,
        note=reason,
    )


@verb
def turn_blocker(
    *,
    blocker: Blocker,
    waiting_on: Party,
    review_by: datetime | None,
    reason: str,
    by: User,
    at: datetime,
    seen: int,
) -> Blocker:
    """The same obstacle now waits on somebody else: this one is resolved and another opened.

    Spans of waiting stay true that way (D23). Raises InvalidInput, also where the party is the
    same, LeadChanged.
    """
    words = check_words(reason, field="reason", missing="Say why it waits on somebody else now.")
    with change(blocker.lead, by=by, at=at, seen=seen) as work:
        row = open_row(blocker)
        if waiting_on == row.waiting_on:
            sentence = f"It waits on the {waiting_on.label.lower()} already."
            raise InvalidInput(sentence, field="waiting_on")
        end_blocker(work, row, words)
        about = Named(
            review_by=review_by,
            owner=row.owner,
            decision_from=row.decision_from,
            sub_reason=row.sub_reason if row.sub_reason and not row.sub_reason.retired_at else None,
            detail=row.detail,
        )
        return add_blocker(work, BlockerCategory(row.category), waiting_on, about)


def open_row(blocker: Blocker) -> Blocker:
    """The blocker as it is now; InvalidInput if it was resolved. The lead's row is locked."""
    row: Blocker | None = Blocker.objects.filter(pk=blocker.pk, resolved_at__isnull=True).first()
    if row is None:
        raise InvalidInput("This blocker was resolved already.", field="blocker")
    if row.category == BlockerCategory.STUDY_PAUSED and row.study_blocker_id is not None:
        raise InvalidInput("The study is halted here; a site lead ends the halt.", field="blocker")
    return row

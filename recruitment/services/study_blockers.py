"""Blockers of a study at a site: named once, they stop many leads and are resolved once (B2).

Each linked lead gets a blocker and an event of its own; what is done in one step shares one
`action_id`. Locks are taken in one order: the study blocker, then leads by their key.

A halt of the study is such a blocker too; services.halting opens and ends it (D32).
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from recruitment.models import Blocker, Lead, StudyBlocker, StudySite, study_sites_for
from recruitment.rules.blocking import review_limit
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.vocabulary import BlockerCategory, Party
from recruitment.services.blockers import (
    Named,
    add_blocker,
    check_decider,
    check_party,
    check_review_by,
    check_words,
    end_blocker,
    set_review,
)
from recruitment.services.calendars import calendar_of
from recruitment.services.log import Change, change, check_times
from recruitment.services.verbs import verb

HALT_IT = "Halt the study instead: that stops all its leads here in one step."


@dataclass(frozen=True)
class LeftOut:
    """A lead that was not linked, and why in a sentence."""

    number: str
    why: str


@dataclass(frozen=True)
class Linked:
    """A study blocker, the leads it stops, and those that were left out."""

    blocker: StudyBlocker
    linked: Sequence[Lead]
    left_out: Sequence[LeftOut]


@verb
@transaction.atomic
def open_study_blocker(
    *,
    study_site: StudySite,
    category: BlockerCategory,
    by: User,
    at: datetime,
    waiting_on: Party | None = None,
    review_by: datetime | None = None,
    owner: User | None = None,
    decision_from: str = "",
    detail: str = "",
    leads: Iterable[Lead] | None = None,
) -> Linked:
    """Name what stops a study at a site; every open lead of it, or those given, is linked.

    A lead that is closed, of elsewhere, or blocked in this category already is left out and named.
    `owner` None is `by`; `at` and `review_by` are UTC. Raises InvalidInput like `open_blocker`,
    and where the category is open for the study here already. About ten statements a lead.
    """
    check_times(occurred_at=at, at=at, received_at=None)
    if category == BlockerCategory.STUDY_PAUSED:
        raise InvalidInput(HALT_IT, field="category")
    party = check_party(category, waiting_on)
    check_study_review(study_site, category, party, review_by, at=at)
    check_decider(decision_from)
    owner = owner or by
    _check_owner(owner, study_site)
    blocker = make_study_blocker(
        study_site,
        category,
        waiting_on=party,
        review_by=review_by,
        owner=owner,
        decision_from=decision_from,
        detail=check_words(detail, field="detail"),
        opened_at=at,
        opened_by=by,
    )
    chosen = Lead.objects.filter(study_site=study_site).open() if leads is None else leads
    leads = sorted(chosen, key=lambda lead: lead.pk)
    return link_all(blocker, leads, by=by, at=at, action_id=uuid.uuid4())


def make_study_blocker(
    study_site: StudySite, category: BlockerCategory, **values: object
) -> StudyBlocker:
    """Write its row; InvalidInput where the category is open for the study here already."""
    try:
        with transaction.atomic():
            return StudyBlocker.objects.create(study_site=study_site, category=category, **values)
    except IntegrityError as error:
        if "study_blocker_category_open_once" not in str(error):
            raise
        sentence = f"{category.label} is open for this study here already."
        raise InvalidInput(sentence, field="category") from error


@verb
@transaction.atomic
def link_leads(*, blocker: StudyBlocker, leads: Iterable[Lead], by: User, at: datetime) -> Linked:
    """Link leads that came in later. May run twice: who is linked already is left out and named.

    Raises InvalidInput if the blocker was resolved or its review date has passed.
    """
    row = hold_study_blocker(blocker)
    chosen = sorted(leads, key=lambda lead: lead.pk)
    category, party = BlockerCategory(row.category), Party(row.waiting_on)
    check_study_review(row.study_site, category, party, row.review_by, at=at)
    return link_all(row, chosen, by=by, at=at, action_id=uuid.uuid4())


def link_all(
    blocker: StudyBlocker,
    leads: Sequence[Lead],
    *,
    by: User | None,
    at: datetime,
    action_id: uuid.UUID,
) -> Linked:
    """Link one lead after the other; they come in the order of their keys."""
    linked, left_out = [], []
    for lead in leads:
        if lead.study_site_id != blocker.study_site_id:
            left_out.append(LeftOut(lead.number, "It belongs to another study or site."))
            continue
        try:
            with change(lead, by=by, at=at, seen=None, action_id=action_id) as work:
                link(work, blocker)
        except InvalidInput as refusal:
            left_out.append(LeftOut(lead.number, str(refusal)))
        else:
            linked.append(lead)
    return Linked(blocker, linked, left_out)


def link(work: Change, blocker: StudyBlocker) -> None:
    """Link the lead of an open change. Raises InvalidInput as `add_blocker`."""
    about = Named(
        review_by=blocker.review_by,
        owner=blocker.owner,
        decision_from=blocker.decision_from,
        detail=blocker.detail,
        study_blocker=blocker,
    )
    add_blocker(work, BlockerCategory(blocker.category), Party(blocker.waiting_on), about)


@verb
@transaction.atomic
def resolve_study_blocker(*, blocker: StudyBlocker, resolution: str, by: User, at: datetime) -> int:
    """Resolve it once: every lead that is still linked is freed, each with its own event.

    Gives back how many leads were freed. Raises InvalidInput without words, and if it was
    resolved already: a second call changes nothing.
    """
    words = check_words(resolution, field="resolution", missing="Say how it was resolved.")
    row = hold_study_blocker(blocker)
    if is_halt(row):
        raise InvalidInput("A halt is ended on the study's own page.", field="blocker")
    action_id = uuid.uuid4()
    freed = 0
    for lead in _linked_leads(row):
        with change(lead, by=by, at=at, seen=None, action_id=action_id) as work:
            freed += unlink(work, row, words)
    row.resolved_at, row.resolved_by, row.resolution = max(at, row.opened_at), by, words
    row.save(update_fields=["resolved_at", "resolved_by", "resolution"])
    return freed


@verb
@transaction.atomic
def redate_study_blocker(
    *, blocker: StudyBlocker, review_by: datetime, reason: str, by: User, at: datetime
) -> int:
    """Look at it again at another time, `review_by` (UTC): for it and every lead still linked.

    Gives back the number of leads. Raises InvalidInput like `redate_blocker`.
    """
    words = check_words(reason, field="reason", missing="Say why the review is re-dated.")
    row = hold_study_blocker(blocker)
    category, party = BlockerCategory(row.category), Party(row.waiting_on)
    check_study_review(row.study_site, category, party, review_by, at=at)
    action_id = uuid.uuid4()
    found = 0
    for lead in _linked_leads(row):
        with change(lead, by=by, at=at, seen=None, action_id=action_id) as work:
            for linked in _open_links(row, lead):
                set_review(work, linked, review_by, words)
                found += 1
    row.review_by = review_by
    row.save(update_fields=["review_by"])
    return found


def unlink(work: Change, row: StudyBlocker, words: str) -> int:
    """Take it off the lead of an open change; how many blockers that ended."""
    links = _open_links(row, work.lead)
    for linked in links:
        end_blocker(work, linked, words)
    return len(links)


def is_halt(row: StudyBlocker) -> bool:
    """Whether it is a halt of the study: only services.halting opens and ends one (D32)."""
    return row.category == BlockerCategory.STUDY_PAUSED


def hold_study_blocker(blocker: StudyBlocker) -> StudyBlocker:
    """The study blocker as it is now, locked; InvalidInput if it was resolved.

    Not against verbs that link a lead they hold: they would wait for it, and it for their lead.
    """
    rows = StudyBlocker.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("study_site__site", "study_site__study").get(pk=blocker.pk)
    if row.resolved_at is not None:
        raise InvalidInput("This blocker was resolved already.", field="blocker")
    return row


def _linked_leads(row: StudyBlocker) -> list[Lead]:
    """Leads that a standing, open blocker links to it, in the order of their keys."""
    links = Blocker.objects.filter(study_blocker=row, resolved_at__isnull=True)
    return list(Lead.objects.filter(pk__in=links.values("lead")).order_by("pk"))


def _open_links(row: StudyBlocker, lead: Lead) -> list[Blocker]:
    """Read again under the lead's lock: a colleague may have closed it meanwhile."""
    links = Blocker.objects.filter(study_blocker=row, lead=lead, resolved_at__isnull=True)
    return list(links)


def check_study_review(
    study_site: StudySite,
    category: BlockerCategory,
    party: Party,
    review_by: datetime | None,
    *,
    at: datetime,
) -> None:
    """Refuse a review date as for a lead's own blocker, on the site's calendar (PZ2)."""
    limit = review_limit(at=at, calendar=calendar_of(study_site.site))
    check_review_by(category, party, review_by, at=at, limit=limit)


def _check_owner(owner: User, study_site: StudySite) -> None:
    held = study_sites_for(owner, "work_leads").filter(pk=study_site.pk)
    if not owner.is_active or not held.exists():
        raise InvalidInput(f"{owner.name} does not work on this study here.", field="owner")

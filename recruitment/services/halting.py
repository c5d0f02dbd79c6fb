"""Halting a study at a site, and ending the halt: one press each, over all its leads (D32).

A halt is a blocker of the study in the category `study_paused`; every open lead is linked to it
with a blocker and an event of its own, all under one `action_id`, and the fold stops their clocks.
It stands from the press on (services.halted), whatever its leads still lack.

The leads are linked in the order of their keys, BATCH at a time. The press itself links the first
batch; what is left follows in jobs, a batch each, and every batch writes the next job in its own
transaction. A batch asks which open leads are not linked yet, so it may run twice, and one that
was killed is as if it had not begun: the outbox sends it again. How far it is can be counted at
any moment (models.halts.progress). Ending a halt goes the same way. What slips in between, such as
a lead whose closing is undone, is linked by `hold_late_leads`.

Its review date only reminds: no job ends a halt.
"""

import uuid
from collections.abc import Iterable
from datetime import date, datetime, time

from django.db import transaction

from accounts.models import User
from recruitment.models import Blocker, Lead, StudyBlocker, StudySite, study_sites_for
from recruitment.models.halts import PAUSED, halted_words, linked_to, standing_halt, unlinked
from recruitment.rules.blocking import DECIDES, proposed_review
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.vocabulary import BLOCKER_PARTIES
from recruitment.services import jobs
from recruitment.services.blockers import check_words
from recruitment.services.calendars import calendar_of
from recruitment.services.halted import hold_if_halted
from recruitment.services.log import change, check_times
from recruitment.services.study_blockers import (
    check_study_review,
    hold_study_blocker,
    link_all,
    make_study_blocker,
    unlink,
)
from recruitment.services.verbs import verb
from trialsnest.lib.zones import instant_of

SPONSOR = BLOCKER_PARTIES[PAUSED][0]
LINK, FREE = "halt.link", "halt.free"
BATCH = 100  # leads of one transaction; about a second
LOOK_AGAIN = time(9)  # on the site's clock


@verb
@transaction.atomic
def halt_study(
    *,
    study_site: StudySite,
    why: str,
    by: User,
    at: datetime,
    review_on: date | None = None,
) -> StudyBlocker:
    """Halt the study at the site: no clock runs, nobody reaches out, intake is held.

    `why` is words for the staff. On `review_on`, a day of the site's clock at most ten working
    days ahead and by default five, somebody is reminded to look again; nothing ends by it. `at` is
    UTC. Raises InvalidInput naming the field, also where it is halted already, by whom and when:
    a second call changes nothing.
    """
    check_times(occurred_at=at, at=at, received_at=None)
    words = check_words(why, field="why", missing="Say why the study is halted.")
    standing = standing_halt(study_site)
    if standing is not None:
        raise InvalidInput(halted_words(standing), field="why")
    row = make_study_blocker(
        study_site,
        PAUSED,
        waiting_on=SPONSOR,
        review_by=_review_by(study_site, review_on, at=at),
        owner=_owner(study_site, by),
        decision_from=DECIDES[PAUSED],
        detail=words,
        opened_at=at,
        opened_by=by,
    )
    _link_some(row, at=at)
    return row


@verb
@transaction.atomic
def halt_everywhere(
    *,
    study_sites: Iterable[StudySite],
    why: str,
    by: User,
    at: datetime,
    review_on: date | None = None,
) -> list[StudyBlocker]:
    """Halt a study at several sites in one step; those that are halted already stay as they are.

    Raises as `halt_study`, and then no site is halted.
    """
    places = sorted(study_sites, key=lambda place: place.pk)
    return [
        halt_study(study_site=place, why=why, by=by, at=at, review_on=review_on)
        for place in places
        if standing_halt(place) is None
    ]


@verb
@transaction.atomic
def end_halt(*, halt: StudyBlocker, resolution: str, by: User, at: datetime) -> int:
    """End the halt, with words on how; how many leads are freed, now and by the jobs that follow.

    Only a person does. Raises InvalidInput without words, and if it was ended already: a second
    call changes nothing. `at` is UTC.
    """
    words = check_words(resolution, field="resolution", missing="Say how the halt ended.")
    row = hold_study_blocker(halt)
    if row.category != PAUSED:
        raise InvalidInput("This blocker is no halt of a study.", field="blocker")
    freed = linked_to(row).count()
    row.resolved_at, row.resolved_by, row.resolution = max(at, row.opened_at), by, words
    row.save(update_fields=["resolved_at", "resolved_by", "resolution"])
    _free_some(row, at=at)
    return freed


def hold_late_leads(*, at: datetime) -> int:
    """Link every open lead that a standing halt does not hold yet, and free every lead that one
    which a person has ended still holds: whoever was linked just while it ended. How many.

    May run twice. Raises InvalidInput for a time to come.
    """
    check_times(occurred_at=at, at=at, received_at=None)
    held = 0
    for halt in StudyBlocker.objects.filter(category=PAUSED, resolved_at__isnull=True):
        for lead in unlinked(halt):
            with change(lead, by=None, at=at, seen=None) as work:
                hold_if_halted(work)
            held += 1
    return held + _free_left_over(at)


def _free_left_over(at: datetime) -> int:
    open_ones = Blocker.objects.filter(resolved_at__isnull=True, review_by__isnull=False)
    ended = open_ones.filter(category=PAUSED, study_blocker__resolved_at__isnull=False)
    halts = ended.values("study_blocker")
    freed = 0
    for halt in StudyBlocker.objects.filter(pk__in=halts).order_by("pk"):
        for lead in Lead.objects.filter(pk__in=linked_to(halt).values("lead")).order_by("pk"):
            _free(halt, lead, at=at)
            freed += 1
    return freed


def _review_by(study_site: StudySite, day: date | None, *, at: datetime) -> datetime:
    calendar = calendar_of(study_site.site)
    if day is None:
        return proposed_review(PAUSED, at=at, calendar=calendar)
    review_by = instant_of(day, LOOK_AGAIN, calendar.zone)
    try:
        check_study_review(study_site, PAUSED, SPONSOR, review_by, at=at)
    except InvalidInput as refusal:
        raise InvalidInput(str(refusal), field="review_on") from refusal
    return review_by


def _owner(study_site: StudySite, by: User) -> User | None:
    """Who sees to it: whoever halts, else the owner of the study there; each if she works there."""
    for person in (by, study_site.owner):
        if person is None or not person.is_active:
            continue
        if study_sites_for(person, "work_leads").filter(pk=study_site.pk).exists():
            return person
    return None


def _action_id(row: StudyBlocker, kind: str) -> uuid.UUID:
    """One for all batches of a step, also when one of them runs again."""
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{kind}:{row.pk}")


def _link_some(row: StudyBlocker, *, at: datetime, after: int = 0) -> None:
    """Link the next batch, and write the job of the one after it."""
    leads = list(unlinked(row, after)[:BATCH])
    link_all(row, leads, by=row.opened_by, at=at, action_id=_action_id(row, LINK))
    _go_on(LINK, row, [lead.pk for lead in leads], at=at)


def _free_some(row: StudyBlocker, *, at: datetime, after: int = 0) -> None:
    """Free the next batch. One that a new halt already awaits goes over to that."""
    keys = linked_to(row).filter(lead__gt=after).order_by("lead").values_list("lead", flat=True)
    leads = list(Lead.objects.filter(pk__in=list(keys[:BATCH])).order_by("pk"))
    for lead in leads:
        _free(row, lead, at=at)
    _go_on(FREE, row, [lead.pk for lead in leads], at=at)


def _free(row: StudyBlocker, lead: Lead, *, at: datetime) -> None:
    by, action_id = row.resolved_by, _action_id(row, FREE)
    with change(lead, by=by, at=at, seen=None, action_id=action_id) as work:
        unlink(work, row, row.resolution)
        hold_if_halted(work)


def _go_on(kind: str, row: StudyBlocker, keys: list[int], *, at: datetime) -> None:
    if len(keys) == BATCH:
        ids: dict[str, int | str] = {"blocker": row.pk, "after": keys[-1]}
        jobs.enqueue(kind, key=f"{kind}:{row.pk}:{keys[-1]}", ids=ids, at=at)


def _run_link(ids: jobs.Ids, at: datetime) -> None:
    row = _locked(ids)
    if row.resolved_at is None:
        _link_some(row, at=at, after=int(ids["after"]))


def _run_free(ids: jobs.Ids, at: datetime) -> None:
    _free_some(_locked(ids), at=at, after=int(ids["after"]))


def _locked(ids: jobs.Ids) -> StudyBlocker:
    rows = StudyBlocker.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("study_site__site", "study_site__study").get(pk=ids["blocker"])


jobs.register(LINK, _run_link)
jobs.register(FREE, _run_free)

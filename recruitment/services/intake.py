"""Receiving a lead: the person, how she may be reached, and the first lines of the log (13)."""

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction

from accounts.models import User
from recruitment.models import (
    ContactPermission,
    ContactPoint,
    Lead,
    Person,
    SearchToken,
    Source,
    StudySite,
)
from recruitment.rules import projection
from recruitment.rules.blocking import proposed_review
from recruitment.rules.contact_zones import contact_zones
from recruitment.rules.events import EventKind, Fact
from recruitment.rules.identity import search_tokens
from recruitment.rules.lead_files.dates import FIRST_YEAR
from recruitment.rules.next_actions import Plan, first_response_due
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import (
    ActionType,
    BlockerCategory,
    Channel,
    ContactBasis,
    Party,
    PermissionState,
    SourceKind,
)
from recruitment.services.blockers import Named, add_blocker
from recruitment.services.halted import hold_if_halted
from recruitment.services.log import Change, check_times, event_of
from recruitment.services.next_actions import set_action
from recruitment.services.opt_outs import carry_over, flag_if_forbidden
from recruitment.services.ownership import set_owner
from recruitment.services.terms import terms_of

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, kw_only=True)
class Enquirer:
    """Who asked, in values that are normalized already (rules.identity).

    `phones` are E.164 and `emails` in lower case; `permissions` holds what was said per channel,
    and a channel left out takes the source's default (D31). `time_zone` empty: worked out (D29).
    """

    first_name: str = ""
    last_name: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    permissions: Mapping[Channel, PermissionState] = field(default_factory=dict)
    birth_year: int | None = None
    language: str = "English"
    needs_interpreter: bool = False
    location_band: str = ""
    time_zone: str = ""
    best_time: str = ""
    voicemail_ok: bool = False


def lead_number() -> str:
    """Eight random Crockford characters (40 bits): the lead's one public name."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(8))


@transaction.atomic
def receive_lead(
    *,
    study_site: StudySite,
    source: Source,
    enquirer: Enquirer,
    received_at: datetime,
    by: User | None,
    at: datetime,
    basis: ContactBasis | None = None,
    owner: User | None = None,
    once_key: str | None = None,
    stated_interest: str = "",
    person: Person | None = None,
    number: str | None = None,
) -> Lead:
    """Make a lead, its person and the beginning of its log; unowned unless `owner` is given.

    `received_at` is when she asked and `at` when we were told, both UTC. `basis` None takes the
    source's. With a `once_key` that is known the existing lead comes back and nothing is written,
    so an import may run twice. While the study is halted here the lead is kept, linked to the halt
    and held, and nobody reaches out (D32, RT4). `person` reuses somebody known (a second study,
    DU1). Without a contact basis the lead is kept but blocked from contact (IN3). Raises
    InvalidInput, also for a `received_at` before 1990 or to come.
    """
    if once_key is not None:
        lock_key(once_key)
        known = Lead.objects.filter(once_key=once_key).first()
        if known is not None:
            return known
    _check(study_site, source, enquirer, person)
    _check_received(received_at, at=at)
    is_known = person is not None
    person = person or _make_person(study_site, enquirer, at=at)
    _write_contact(person, source, enquirer, is_known=is_known, by=by, at=at)
    lead = Lead(
        study_site=study_site,
        source=source,
        person=person,
        number=number or lead_number(),
        once_key=once_key,
        received_at=received_at,
        basis=basis or source.default_basis,
        stated_interest=stated_interest,
        stage=Stage.NEW_INQUIRY,
        stage_entered_at=received_at,
        waiting_on=Party.COORDINATOR,
        version=1,
    )
    lead.save(force_insert=True)
    work = _begin(lead, by=by, at=at, code=source.kind)
    if owner is not None:
        set_owner(work, owner, how="route")
    due = first_response_due(received_at, SourceKind(source.kind), work.terms)
    if not flag_if_forbidden(work):
        # when the first response is owed, on the site's calendar: no hour that was planned, and it
        # may be overdue already, so the hours for contact do not govern it (D28, OA9)
        set_action(work, Plan(ActionType.CALL, max(due, received_at)))
    if lead.basis == ContactBasis.MISSING:
        work.occurred_at, work.by = at, None  # the software names this one, nobody worked on it
        missing = BlockerCategory.CONTACT_PERMISSION
        review_by = proposed_review(missing, at=at, calendar=work.terms.calendar)
        add_blocker(work, missing, about=Named(review_by=review_by))
    hold_if_halted(work)
    work.write()
    _write_tokens(lead, person, at=at)
    return lead


def check_target(study_site: StudySite, source: Source) -> None:
    """Raise InvalidInput unless leads of `source` may come to `study_site` now."""
    if source.study_id != study_site.study_id:
        raise InvalidInput("This source belongs to another study.", field="source")
    if source.state == "draft" and not source.is_test:
        raise InvalidInput("This source is a draft and takes no leads yet.", field="source")
    if not study_site.is_open:
        raise InvalidInput("This study takes no leads at this site.", field="study_site")


def _check(
    study_site: StudySite, source: Source, enquirer: Enquirer, person: Person | None
) -> None:
    check_target(study_site, source)
    if person is None and not (enquirer.phones or enquirer.emails):
        raise InvalidInput("Give a phone number or an e-mail address.", field="phone")


def _check_received(received_at: datetime, *, at: datetime) -> None:
    check_times(occurred_at=received_at, at=at, received_at=None)
    if received_at.year < FIRST_YEAR:
        sentence = f"A lead cannot have been received before {FIRST_YEAR}."
        raise InvalidInput(sentence, field="received_at")


def _make_person(study_site: StudySite, enquirer: Enquirer, *, at: datetime) -> Person:
    where = contact_zones(
        stated=enquirer.time_zone,
        location_band=enquirer.location_band,
        site_zone=study_site.site.time_zone,
        phones=enquirer.phones,
    )
    return Person.objects.create(
        first_name=enquirer.first_name,
        last_name=enquirer.last_name,
        birth_year=enquirer.birth_year,
        language=enquirer.language,
        needs_interpreter=enquirer.needs_interpreter,
        location_band=enquirer.location_band,
        time_zone=where.zones[0],
        time_zone_basis=where.basis,
        best_time=enquirer.best_time,
        created_at=at,
    )


def _write_contact(
    person: Person,
    source: Source,
    enquirer: Enquirer,
    *,
    is_known: bool,
    by: User | None,
    at: datetime,
) -> None:
    """How to reach her and what she said; of somebody known only what she said now (D31, DU2)."""
    if is_known:
        _carry_over(person, enquirer, by=by, at=at)
    ContactPoint.objects.add_for(
        person,
        phones=enquirer.phones,
        emails=enquirer.emails,
        at=at,
        voicemail_ok=enquirer.voicemail_ok,
    )
    states = dict(enquirer.permissions) if is_known else _permissions(source, enquirer)
    ContactPermission.objects.bulk_create(
        [
            ContactPermission(
                person=person,
                channel=channel,
                state=state,
                how="stated" if channel in enquirer.permissions else "source default",
                wording=source.wording,
                at=at,
                by=by,
            )
            for channel, state in states.items()
        ]
    )


def _carry_over(person: Person, enquirer: Enquirer, *, by: User | None, at: datetime) -> None:
    """What forbids contact with somebody known holds for what she wrote from now, too (DN4)."""
    known = set(person.contact_points.values_list("kind", "value"))
    given = [("phone", value) for value in enquirer.phones]
    given += [("email", value) for value in enquirer.emails]
    for kind, value in given:
        if (kind, value) not in known:
            carry_over(person.pk, kind, value, at=at, by=by)


def _permissions(source: Source, enquirer: Enquirer) -> dict[Channel, PermissionState]:
    """What was said, over the source's defaults; a text needs an explicit yes (D31)."""
    defaults = {
        Channel.PHONE: PermissionState(source.default_phone),
        Channel.EMAIL: PermissionState(source.default_email),
        Channel.TEXT: PermissionState.UNKNOWN,
    }
    return {**defaults, **enquirer.permissions}


def _begin(lead: Lead, *, by: User | None, at: datetime, code: str) -> Change:
    fact = Fact(
        kind=EventKind.RECEIVED,
        occurred_at=lead.received_at,
        by_staff=by is not None,
        recorded_at=at,
        seq=1,
        code=code,
    )
    action_id = uuid.uuid4()
    work = Change(
        lead=lead,
        state=projection.begin(fact),
        terms=terms_of(lead.study_site),
        by=by,
        at=at,
        occurred_at=lead.received_at,
        action_id=action_id,
        action_row=None,
    )
    work.begin_with(fact, event_of(fact, lead=lead, by=by, at=at, action_id=action_id))
    return work


def _write_tokens(lead: Lead, person: Person, *, at: datetime) -> None:
    points = list(person.contact_points.current(at=at).values_list("kind", "value"))
    emails = [value for kind, value in points if kind == "email"]
    phones = [value for kind, value in points if kind == "phone"]
    tokens = search_tokens(f"{person.first_name} {person.last_name}", emails, phones)
    SearchToken.objects.bulk_create(
        [
            SearchToken(study_site_id=lead.study_site_id, lead=lead, token=token)
            for token in sorted(tokens)
        ],
        ignore_conflicts=True,
    )


def lock_key(key: str) -> None:
    """Let one transaction at a time work on `key`; the others wait for it to end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])

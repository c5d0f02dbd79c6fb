"""Correcting who somebody is and how she is reached, with the reason (AU4, D24, D29).

Nothing is edited away: each change leaves old value, new value, reason, who and when in
PersonChange, and the lead's log says that details were corrected.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from recruitment.models import ContactPoint, Lead, Person, PersonChange, SearchToken
from recruitment.rules.contact_zones import LOCATION, OVERLAP, SITE, STATED, contact_zones
from recruitment.rules.events import EventKind
from recruitment.rules.identity import (
    normalize_email,
    normalize_phone,
    search_tokens,
)
from recruitment.rules.person_details import FIELDS, checked
from recruitment.rules.refusals import InvalidInput
from recruitment.services.log import Change, change
from recruitment.services.opt_outs import carry_over
from recruitment.services.verbs import verb

MAX_REASON = 200  # characters
WHOSE = dict(ContactPoint.WHOSE)


@dataclass(frozen=True)
class NewPoint:
    """A number or address as it was typed, whose it is and whether voicemail is allowed (D24)."""

    kind: str
    text: str
    whose: str = "self"
    voicemail_ok: bool = False


@verb
def correct_person(
    *, lead: Lead, values: Mapping[str, object], reason: str, by: User, at: datetime, seen: int
) -> list[str]:
    """Write those of `values` that differ; the names of the fields that changed come back.

    Fields are those of FIELDS. An empty `time_zone` takes a stated one back, and the zone is worked
    out again (D29). The person keeps a name: both parts cannot be blank when one was known. Search
    finds every lead of hers under the new name. `at` is UTC. Raises InvalidInput, LeadChanged.
    """
    reason = _reason(reason)
    with change(lead, by=by, at=at, seen=seen) as work:
        person = _hold_person(work)
        new = {name: checked(name, value, at=at) for name, value in values.items()}
        _check_name(person, new)
        zone = new.pop("time_zone", None)
        old = {name: getattr(person, name) for name in new}
        changed = [name for name, value in new.items() if value != old[name]]
        for name in changed:
            setattr(person, name, new[name])
        before = person.time_zone if person.time_zone_basis == STATED else ""
        zone_changed = zone is not None and zone != before
        _place(work, person, stated=str(zone) if zone is not None else before)
        if not changed and not zone_changed:
            raise InvalidInput("Nothing was changed.", field="reason")
        person.save()
        told = [(name, old[name], new[name]) for name in changed]
        if zone_changed:
            told.append(("time_zone", before, zone))
        for name, was, now in told:
            _note(work, name, was, now, reason)
        work.add(EventKind.PERSON_CORRECTED, code="person", note=_told([t[0] for t in told]))
        if {"first_name", "last_name"} & set(changed):
            rewrite_tokens(person, at=at)
    return [name for name, _, _ in told]


@verb
def add_contact_point(
    *, lead: Lead, point: NewPoint, reason: str, by: User, at: datetime, seen: int
) -> ContactPoint:
    """Add a number or an address. One that was ended before is valid again.

    A value that other people share is allowed: families share phones (D24). `at` is UTC. Raises
    InvalidInput for what cannot be dialed or written to, and for one that is there already.
    """
    reason = _reason(reason)
    with change(lead, by=by, at=at, seen=seen) as work:
        row = _add(work, point, reason)
        work.add(EventKind.PERSON_CORRECTED, code="point_added", subject_id=row.pk)
        _after_points(work)
    return row


@verb
def end_contact_point(
    *, lead: Lead, key: int, reason: str, by: User, at: datetime, seen: int
) -> None:
    """End one of the person's numbers or addresses: nobody uses it any more. It is kept (DN4).

    `at` is UTC. Raises InvalidInput when it is not one of hers, or ended already.
    """
    reason = _reason(reason)
    with change(lead, by=by, at=at, seen=seen) as work:
        end_point(work, key, reason)


@verb
def replace_contact_point(
    *, lead: Lead, key: int, point: NewPoint, reason: str, by: User, at: datetime, seen: int
) -> ContactPoint:
    """End one and add another in its place, in one step. `at` is UTC. Raises InvalidInput."""
    reason = _reason(reason)
    with change(lead, by=by, at=at, seen=seen) as work:
        row = _add(work, point, reason)
        if row.pk == key:
            raise InvalidInput("That is the same one.", field="value")
        end_point(work, key, reason)
        work.add(EventKind.PERSON_CORRECTED, code="point_added", subject_id=row.pk)
    return row


def end_point(work: Change, key: int, reason: str) -> None:
    """End a point inside a change that is open, such as a call that reached a wrong number."""
    _hold_person(work)
    points = ContactPoint.objects.filter(person=work.lead.person_id, pk=key)
    row = points.current(at=work.at).first()
    if row is None:
        raise InvalidInput("That is no number or address of this person now.", field="point")
    row.valid_until = work.at
    row.save(update_fields=["valid_until"])
    _note(work, row.kind, row.value, "", reason)
    work.add(EventKind.PERSON_CORRECTED, code="point_ended", subject_id=row.pk)
    _after_points(work)


def rewrite_tokens(person: Person, *, at: datetime) -> None:
    """Write the beginnings anew by which every lead of the person is found. `at` is UTC."""
    points = list(person.contact_points.current(at=at).values_list("kind", "value"))
    tokens = search_tokens(
        f"{person.first_name} {person.last_name}",
        [value for kind, value in points if kind == "email"],
        [value for kind, value in points if kind == "phone"],
    )
    leads = list(Lead.objects.filter(person=person).values_list("pk", "study_site_id"))
    SearchToken.objects.filter(lead__in=[pk for pk, _ in leads]).delete()
    SearchToken.objects.bulk_create(
        SearchToken(lead_id=pk, study_site_id=place, token=token)
        for pk, place in leads
        for token in sorted(tokens)
    )


def _add(work: Change, point: NewPoint, reason: str) -> ContactPoint:
    _hold_person(work)
    value = _value(work, point)
    if point.whose not in WHOSE:
        raise InvalidInput("Choose whose it is from the list.", field="whose")
    row = ContactPoint.objects.filter(
        person=work.lead.person_id, kind=point.kind, value=value
    ).first()
    if row is not None and (row.valid_until is None or row.valid_until > work.at):
        raise InvalidInput("This one is on file already.", field="value")
    carry_over(work.lead.person_id, point.kind, value, at=work.at, by=work.by)
    row = row or ContactPoint(person_id=work.lead.person_id, kind=point.kind, value=value)
    row.whose = point.whose
    row.voicemail_ok = point.voicemail_ok and point.kind == "phone"
    row.valid_from, row.valid_until = work.at, None
    row.save()
    _note(work, point.kind, "", value, reason)
    return row


def _value(work: Change, point: NewPoint) -> str:
    if point.kind == "phone":
        value = normalize_phone(point.text, work.lead.study_site.site.country)
        if value is None:
            raise InvalidInput(
                "This is not a number that can be dialed. Add the area code.", field="value"
            )
        return value
    if point.kind != "email":
        raise InvalidInput("Choose phone or e-mail.", field="kind")
    value = normalize_email(point.text)
    if value is None:
        raise InvalidInput("This is not an e-mail address.", field="value")
    return value


def _hold_person(work: Change) -> Person:
    """The person as she is now, locked after the lead: her leads may be open on two pages."""
    return Person.objects.select_for_update(no_key=True).get(pk=work.lead.person_id)


def _after_points(work: Change) -> None:
    person = _hold_person(work)
    _place(work, person, stated=person.time_zone if person.time_zone_basis == STATED else "")
    person.save(update_fields=["time_zone", "time_zone_basis"])
    rewrite_tokens(person, at=work.at)


def _place(work: Change, person: Person, *, stated: str) -> None:
    """Store the likeliest zone and why it is that one (D29)."""
    phones = ContactPoint.objects.filter(person=person, kind="phone").current(at=work.at)
    where = contact_zones(
        stated=stated,
        location_band=person.location_band,
        site_zone=work.lead.study_site.site.time_zone,
        phones=list(phones.values_list("value", flat=True)),
    )
    person.time_zone, person.time_zone_basis = where.zones[0], BASIS[where.basis]


BASIS = {STATED: "stated", LOCATION: "location", OVERLAP: "overlap", SITE: "site"}


def _check_name(person: Person, new: Mapping[str, object]) -> None:
    first = new.get("first_name", person.first_name)
    last = new.get("last_name", person.last_name)
    if not first and not last and (person.first_name or person.last_name):
        raise InvalidInput("Write the first or the last name.", field="first_name")


def _reason(reason: str) -> str:
    words = reason.strip()
    if not words:
        raise InvalidInput("Say why this is corrected.", field="reason")
    if len(words) > MAX_REASON:
        raise InvalidInput(f"At most {MAX_REASON} characters.", field="reason")
    return words


def _note(work: Change, name: str, old: object, new: object, reason: str) -> None:
    PersonChange.objects.create(
        person_id=work.lead.person_id,
        field=name,
        old=_text(old),
        new=_text(new),
        reason=reason,
        at=work.at,
        by=work.by,
    )


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _told(names: list[str]) -> str:
    return ", ".join(FIELDS[name] for name in names)

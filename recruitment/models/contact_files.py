"""Reading how one person may be reached, for services and pages alike (OA7, DN4). Reads only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from recruitment.models.blockers import Blocker, StudyBlocker
from recruitment.models.leads import Lead
from recruitment.models.people import ContactPermission, ContactPoint, DoNotContact, Person
from recruitment.models.work import OutreachAttempt
from recruitment.rules.contact_hours import ContactWindow
from recruitment.rules.contact_zones import ContactZones
from recruitment.rules.identity import keyed_hash
from recruitment.rules.permissions import (
    WITHIN_HOURS,
    ContactFile,
    Forbidden,
    Point,
    Said,
    Scope,
    Try,
    allowed,
    refusals,
)
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import BlockerCategory, Channel, PermissionState
from trialsnest.lib.prepared import prepared

LATE_TRIES = 3
OF_LATE = timedelta(hours=WITHIN_HOURS)
WHOSE = dict(ContactPoint.WHOSE)


def contact_file(person_id: int, *, at: datetime, study_site_id: int = 0) -> ContactFile:
    """How this person may be reached at `at` (UTC), with the outbound attempts of late.

    With `study_site_id` also whether that study is halted there (D32).
    Two statements: the person with everything about her, then the do-not-contact entries that
    match a number or address of hers. Somebody without contact points takes one.
    """
    late = at - OF_LATE
    found = _people(person=person_id, at=at, late=late, study_site=study_site_id)
    if not found:
        raise Person.DoesNotExist
    return contact_from(found[0])


@prepared
def _people(
    *, person: int, at: datetime, late: datetime, study_site: int
) -> QuerySet[Person, dict[str, Any]]:
    parts = contact_parts(at=at, late=late, study_site_id=study_site)
    plain = {name for name, part in parts.items() if isinstance(part, F)}
    more = {name: part for name, part in parts.items() if name not in plain}
    found = Person.objects.filter(pk=person).annotate(**more)
    rows: QuerySet[Person, dict[str, Any]] = found.values(*parts)
    return rows


def contact_parts(
    *,
    at: datetime,
    late: datetime | None = None,
    study_site_id: int | OuterRef = 0,
    person: str = "",
) -> dict[str, F | ArraySubquery]:
    """What `contact_from` is made of, to be read at `at` (UTC) with any statement.

    `late` is when attempts begin to be of late, if it was worked out already. `person` is what
    leads to the person from the rows of that statement; "" for persons themselves.
    """
    of, ref = (f"{person}__", person) if person else ("", "pk")
    plain = ("time_zone", "time_zone_basis", "location_band")
    return {name: F(f"{of}{name}") for name in plain} | {
        "points": ArraySubquery(_points(at, ref)),
        "said": ArraySubquery(_said(ref)),
        "tries": ArraySubquery(_tries(at, late or at - OF_LATE, ref)),
        "halts": ArraySubquery(_halts(study_site_id)),
    }


def contact_from(
    row: Mapping[str, Any], *, known: Mapping[str, Sequence[Forbidden]] | None = None
) -> ContactFile:
    """The contact file, from the values of `contact_parts`. One statement, or none.

    `known` are the entries of each number and address, where they were read already.
    """
    points = tuple(
        Point(
            key=point["pk"],
            kind=point["kind"],
            value=point["value"],
            whose=point["whose"],
            whose_words=WHOSE[point["whose"]],
            voicemail_ok=point["voicemail_ok"],
        )
        for point in row["points"]
    )
    values = [point.value for point in points]
    found = forbidden_for(values) if known is None else [e for v in values for e in known[v]]
    return ContactFile(
        points=points,
        said=_latest(row["said"]),
        forbidden=tuple(found),
        tries=tuple(_try(found) for found in row["tries"]),
        stated_zone=row["time_zone"] if row["time_zone_basis"] == "stated" else "",
        location_band=row["location_band"],
        is_halted=bool(row["halts"]),
    )


def entries_for(values: Iterable[str]) -> QuerySet[DoNotContact]:
    """Standing do-not-contact entries that match one of these numbers or addresses (DN4)."""
    return _standing([keyed_hash(value, settings.HASH_KEY) for value in values])


def _standing(hashes: Sequence[str]) -> QuerySet[DoNotContact]:
    return DoNotContact.objects.filter(keyed_hash__in=hashes, lifted_at__isnull=True)


@prepared
def _forbidden(
    *, hashes: Sequence[str]
) -> QuerySet[DoNotContact, tuple[str, str, int | None, int | None]]:
    found = _standing(hashes).values_list("scope", "channel", "study_id", "site_id")
    return found.order_by("pk")


def forbidden_for(values: Iterable[str]) -> list[Forbidden]:
    """The same as plain values. One statement; none without a value."""
    hashes = [keyed_hash(value, settings.HASH_KEY) for value in values]
    return [
        Forbidden(Scope(scope), channel, study_id, site_id)
        for scope, channel, study_id, site_id in (_forbidden(hashes=hashes) if hashes else ())
    ]


def forbidden_by_value(values: Iterable[str]) -> dict[str, list[Forbidden]]:
    """The same for each of many numbers and addresses. One statement."""
    hashes = {value: keyed_hash(value, settings.HASH_KEY) for value in values}
    entries: dict[str, list[Forbidden]] = {key: [] for key in hashes.values()}
    rows = entries_for(hashes).order_by("pk")
    for row in rows.values_list("keyed_hash", "scope", "channel", "study_id", "site_id"):
        entries[row[0]].append(Forbidden(Scope(row[1]), *row[2:]))
    return {value: entries[key] for value, key in hashes.items()}


def forbidden_values(values: Iterable[str], *, study_id: int, site_id: int) -> set[str]:
    """Those numbers and addresses that nobody may use in this study at this site. One statement."""
    by_hash = {keyed_hash(value, settings.HASH_KEY): value for value in values}
    here = Q(scope="organisation") | Q(study=study_id) | Q(site=site_id)
    found = DoNotContact.objects.filter(
        here, keyed_hash__in=list(by_hash), lifted_at__isnull=True
    ).values_list("keyed_hash", flat=True)
    return {by_hash[key] for key in found}


def _points(at: datetime, person: str) -> QuerySet[Any, Any]:
    return (
        ContactPoint.objects.filter(person=OuterRef(person))
        .current(at=at)
        .order_by("kind", "id")
        .values(
            found=JSONObject(
                pk="pk", kind="kind", value="value", whose="whose", voicemail_ok="voicemail_ok"
            )
        )
    )


def _said(person: str) -> QuerySet[Any, Any]:
    return (
        ContactPermission.objects.filter(person=OuterRef(person))
        .order_by("channel", "-at", "-id")
        .distinct("channel")
        .values(
            found=JSONObject(
                channel="channel", state="state", how="how", wording="wording", at="at"
            )
        )
    )


def _tries(at: datetime, late: datetime, person: str) -> QuerySet[Any, Any]:
    recent = Q(at__gt=late, at__lte=at)
    found: QuerySet[Any, Any] = (
        OutreachAttempt.objects.filter(recent, lead__person=OuterRef(person), is_inbound=False)
        .order_by("-at", "-id")
        .values(
            found=JSONObject(
                at="at", lead_id="lead_id", by_id="by_id", who=F("by__name"), result="result"
            )
        )[:LATE_TRIES]
    )
    return found


def _halts(study_site_id: int | OuterRef) -> QuerySet[Any, Any]:
    halts = StudyBlocker.objects.filter(
        study_site=study_site_id, category=BlockerCategory.STUDY_PAUSED, resolved_at__isnull=True
    )
    return halts.order_by("pk").values("pk")


def _latest(rows: Iterable[Mapping[str, str]]) -> dict[Channel, Said]:
    return {
        Channel(row["channel"]): Said(
            PermissionState(row["state"]),
            row["how"],
            row["wording"],
            datetime.fromisoformat(row["at"]),
        )
        for row in rows
    }


def _try(row: Mapping[str, Any]) -> Try:
    return Try(
        at=datetime.fromisoformat(row["at"]),
        lead_id=row["lead_id"],
        by_id=row["by_id"],
        who=row["who"] or "Somebody",
        result=row["result"],
    )


@dataclass(frozen=True)
class Reach:
    """How the person of one lead may be reached: by what, on whose clock, within which hours."""

    contact: ContactFile
    refused: Mapping[Channel, str]
    where: ContactZones
    window: ContactWindow

    @property
    def allowed(self) -> list[Channel]:
        """The channels that may be used."""
        return allowed(self.refused)

    @property
    def may_text(self) -> bool:
        """Whether a message may be a text, which comes at its hour like a call (OA9)."""
        return Channel.TEXT not in self.refused


def reach_of(
    lead: Lead,
    *,
    at: datetime,
    stage: Stage | None = None,
    has_basis: bool,
    row: Mapping[str, Any] | None = None,
) -> Reach:
    """The same for one lead at `at` (UTC); `has_basis` is False while no basis stands (IN3).

    `stage` is the lead's own unless it has just been moved; `row` is what was read of the person
    already. At most two statements, with `row` one.
    """
    contact = (
        contact_from(row)
        if row is not None
        else contact_file(lead.person_id, at=at, study_site_id=lead.study_site_id)
    )
    return reach_from(contact, lead, stage=stage, has_basis=has_basis)


def reach_from(
    contact: ContactFile, lead: Lead, *, stage: Stage | None = None, has_basis: bool
) -> Reach:
    """The same where the contact file was read already. No statement."""
    study_site = lead.study_site
    return Reach(
        contact=contact,
        refused=refusals(
            contact,
            study_id=study_site.study_id,
            site_id=study_site.site_id,
            stage=stage or Stage(lead.stage),
            has_basis=has_basis,
        ),
        where=contact.zones(study_site.site.time_zone),
        window=ContactWindow(study_site.study.contact_opens, study_site.study.contact_closes),
    )


def reach_now(lead: Lead, *, at: datetime) -> Reach:
    """The same where nothing of the lead was read yet. At most three statements."""
    missing = Blocker.objects.filter(
        lead=lead, category=BlockerCategory.CONTACT_PERMISSION, resolved_at__isnull=True
    )
    return reach_of(lead, at=at, has_basis=not missing.exists())

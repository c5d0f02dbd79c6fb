"""Who is on file already, as far as one study at one site may know (DU1, D24)."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from recruitment.models import ContactPoint, Lead, Person, StudySite
from recruitment.rules.identity import name_key
from recruitment.rules.lead_files import KnownPerson


@dataclass(frozen=True, slots=True)
class KnownLead:
    """A lead that an import made, and every number and address its person ever had."""

    number: str
    contacts: frozenset[str] = field(repr=False)


def leads_by_once_key(keys: Collection[str]) -> dict[str, KnownLead]:
    """The leads that were stored under `keys`. Two statements."""
    leads = Lead.objects.filter(once_key__in=keys).prefetch_related("person__contact_points")
    return {
        str(lead.once_key): KnownLead(
            lead.number,
            frozenset(point.value for point in lead.person.contact_points.all()),
        )
        for lead in leads
    }


def known_people(
    study_site: StudySite,
    *,
    phones: Collection[str],
    emails: Collection[str],
    birth_years: Collection[int],
    at: datetime,
) -> list[KnownPerson]:
    """People with a lead of this study at this site who share a value, or may share a name.

    Under the number of their newest lead; contact points as valid at `at` (UTC). Phones are E.164
    and addresses in lower case. People without a lead here do not come in, so that nothing is told
    about other sites. Four statements, however many people.
    """
    here = Person.objects.filter(leads__study_site=study_site)
    points = ContactPoint.objects.current(at=at)
    sharing = points.holding(phones=phones, emails=emails).filter(person__in=here)
    people = {
        person.pk: person
        for person in here.filter(
            Q(birth_year__in=birth_years) | Q(pk__in=sharing.values("person_id"))
        )
    }
    numbers = dict(
        Lead.objects.filter(study_site=study_site, person__in=people)
        .order_by("received_at", "pk")
        .values_list("person_id", "number")
    )
    values: dict[tuple[int, str], set[str]] = defaultdict(set)
    for point in points.filter(person__in=people):
        values[point.person_id, point.kind].add(point.value)
    return [
        KnownPerson(
            label=f"lead {numbers[person.pk]}",
            name=name_key(person.first_name, person.last_name),
            phones=frozenset(values[person.pk, "phone"]),
            emails=frozenset(values[person.pk, "email"]),
            birth_year=person.birth_year,
        )
        for person in people.values()
    ]

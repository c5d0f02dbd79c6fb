"""Words that sponsors read name no person and tell no patient detail (D38, F6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from recruitment.models import (
    ConfirmedWords,
    Person,
    RecordsItem,
    SearchToken,
    Site,
    StudyStaff,
)
from recruitment.rules.identity import search_tokens
from recruitment.rules.sponsor_text import (
    Found,
    NotForSponsors,
    check_for_sponsors,
    check_names_no_person,
)


def check_no_names(text: str, *, field: str) -> None:
    """Refuse the name of whoever signs in or is on a study's staff. Two statements.

    Raises InvalidInput naming the field.
    """
    check_names_no_person(text, _staff_names(), field=field)


@dataclass(frozen=True)
class Confirmation:
    """That `by` says at `at` (UTC) that what was found is none: a false hit (F6).

    `tokens` are what the refusals gave, divided by blanks, so it holds for those texts alone; ""
    confirms nothing. `about` names what the words stand in, such as "report 12".
    """

    tokens: str
    about: str
    by: User
    at: datetime


def check_free_words(
    text: str, *, site: Site, field: str, confirmed: Confirmation | None = None
) -> None:
    """Refuse what tells of a person in free words for sponsors. Five statements, none for "".

    Looks for numbers, dates, addresses and ages, for the names of staff and of the people whose
    leads are at the site, and of clinics and providers. With `confirmed`, given by who leads the
    site for just this text, what was found goes on record instead: the kind of it and where it
    stands, never the words. Raises NotForSponsors, naming the field and the places.
    """
    if not text:
        return
    names = [*_staff_names(), *_people_named(text, site)]
    try:
        check_for_sponsors(text, names, field=field, places=_places(site))
    except NotForSponsors as refused:
        if confirmed is None or refused.token not in confirmed.tokens.split():
            raise
        _record(refused.found, confirmed, site=site, field=field)


def check_outside_words(text: str, *, field: str) -> None:
    """Refuse what tells of a person in the words of somebody outside the site. No statement.

    No list of names is asked: a refusal would tell an outsider whose names are held here (PR2).
    Raises NotForSponsors.
    """
    check_for_sponsors(text, (), field=field)


def _record(found: Iterable[Found], said: Confirmation, *, site: Site, field: str) -> None:
    ConfirmedWords.objects.bulk_create(
        ConfirmedWords(
            site=site,
            about=said.about,
            field=field,
            what=one.what,
            first=one.first,
            last=one.last,
            by=said.by,
            at=said.at,
        )
        for one in found
    )


def _places(site: Site) -> list[str]:
    """The clinics of this installation, and the providers whose records the site asked for."""
    records = RecordsItem.objects.filter(lead__study_site__site=site).exclude(provider="")
    asked = records.order_by().values_list("provider", flat=True).distinct()
    return [*Site.objects.values_list("name", flat=True), *asked]


def _staff_names() -> list[str]:
    staff = StudyStaff.objects.values_list("name", flat=True).distinct()
    return [*User.objects.values_list("name", flat=True), *staff]


def _people_named(text: str, site: Site) -> list[str]:
    """The names of the people at the site of whom some word stands in the text."""
    held = SearchToken.objects.filter(study_site__site=site, token__in=search_tokens(text, (), ()))
    persons = Person.objects.filter(leads__in=held.values("lead")).distinct()
    names = persons.values_list("first_name", "last_name")
    return [f"{first} {last}".strip() for first, last in names]

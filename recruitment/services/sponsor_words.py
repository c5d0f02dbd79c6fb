"""Words that sponsors read name no person and tell no patient detail (D38, F6)."""

from accounts.models import User
from recruitment.models import Person, SearchToken, Site, StudyStaff
from recruitment.rules.identity import search_tokens
from recruitment.rules.sponsor_text import check_for_sponsors, check_names_no_person


def check_no_names(text: str, *, field: str) -> None:
    """Refuse the name of whoever signs in or is on a study's staff. Two statements.

    Raises InvalidInput naming the field.
    """
    check_names_no_person(text, _staff_names(), field=field)


def check_free_words(text: str, *, site: Site, field: str) -> None:
    """Refuse what tells of a person in free words for sponsors. Three statements, none for "".

    Looks for numbers, dates, addresses and ages, and for the names of staff and of the people
    whose leads are at the site. Raises InvalidInput naming the field and where it stands.
    """
    if text:
        check_for_sponsors(text, [*_staff_names(), *_people_named(text, site)], field=field)


def _staff_names() -> list[str]:
    staff = StudyStaff.objects.values_list("name", flat=True).distinct()
    return [*User.objects.values_list("name", flat=True), *staff]


def _people_named(text: str, site: Site) -> list[str]:
    """The names of the people at the site of whom some word stands in the text."""
    held = SearchToken.objects.filter(study_site__site=site, token__in=search_tokens(text, (), ()))
    persons = Person.objects.filter(leads__in=held.values("lead")).distinct()
    names = persons.values_list("first_name", "last_name")
    return [f"{first} {last}".strip() for first, last in names]

"""A birth date in a lead file: read for the age check, kept only where it was chosen."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.test import Client

from accounts.models import User
from recruitment.models import ImportUpload, Lead, Person, Source, StudySite
from tests.recruitment.views.uploads import match, uploaded

SignIn = Callable[[User], Client]
WITH_A_MINOR = (
    "first name,last name,phone,e-mail,date of birth,ok to contact\n"
    "Ada,Example,617-555-0101,ada@example.org,1970-01-02,yes\n"
    "Cyd,Young,617-555-0102,cyd@example.org,2012-03-04,yes\n"
)


@pytest.mark.parametrize("field", ["", "birth_date"], ids=["left out", "chosen"])
def test_a_minor_is_held_back_whether_or_not_the_birth_date_is_chosen(
    field: str, desk: Client, study_site: StudySite, source: Source
) -> None:
    url = uploaded(desk, study_site, source, WITH_A_MINOR.encode())

    check = match(desk, url, column_4=field)["Location"]
    page = desk.get(check)
    result = desk.post(check, follow=True)

    told = [(row.number, row.reason) for row in page.context["lists"]["fix"]]
    assert told == [(3, "The person may be under 18")]
    assert dict(result.context["outcome"]) == {"imported": 1, "perhaps under 18": 1}
    person = Person.objects.get()
    assert (person.first_name, person.birth_year) == ("Ada", 1970 if field else None)


def test_of_a_birth_date_that_is_left_out_nothing_is_stored(
    desk: Client, study_site: StudySite, source: Source
) -> None:
    url = uploaded(desk, study_site, source, WITH_A_MINOR.encode())
    desk.post(match(desk, url)["Location"])

    ImportUpload.objects.all().delete()  # the file itself waits for a day, for its owner alone

    assert Lead.objects.count() == 1
    stored = [
        str(value)
        for model in apps.get_app_config("recruitment").get_models()
        for values in model._default_manager.values_list()
        for value in values
    ]
    assert "Ada" in stored
    for trace in ("Cyd", "cyd@example.org", "1970", "2012", "2012-03-04", "1970-01-02"):
        assert not [value for value in stored if trace in value]


def test_the_match_page_says_what_a_birth_column_is_read_for(
    desk: Client, study_site: StudySite, source: Source
) -> None:
    url = uploaded(desk, study_site, source, WITH_A_MINOR.encode())

    remarks = {column.name: column.remark for column in desk.get(url).context["columns"]}

    sentence = "Read for the age check; not kept unless you choose it."
    assert [name for name, remark in remarks.items() if remark] == ["date of birth"]
    assert remarks["date of birth"] == sentence
    assert desk.get(url).content.decode().count(sentence) == 1

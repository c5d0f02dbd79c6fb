"""Passing a message on tells whoever took the call nothing about the number (PR2)."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Job, Message, Role, StudySite
from recruitment.services import jobs
from tests.factories.recruitment import StudySiteFactory, make_enquirer, make_lead, make_member

SignIn = Callable[[User], Client]
ONE_TIME = re.compile(rb'(name="(?:csrfmiddlewaretoken|once)" value=")[^"]*')
KNOWN, UNKNOWN = "617 555 0142", "617 555 0177"


@pytest.fixture
def taker(study_site: StudySite) -> User:
    return make_member(Role.COORDINATOR, StudySiteFactory(site=study_site.site))


def given(study_site: StudySite, reach: str) -> dict[str, str]:
    """What the form sends."""
    return {
        "site": str(study_site.site_id),
        "reach": reach,
        "caller": "Ida Knownname",
        "text": "Missed a call",
        "once": f"once-{reach}",
    }


def answer(client: Client, values: dict[str, str]) -> tuple[int, str, bytes, int]:
    """Status, address and bytes of the answer and of the page after it, and its statements."""
    url = reverse("message_pass_on")
    with CaptureQueriesContext(connection) as captured:
        sent = client.post(url, values)
    after = client.get(sent["Location"]) if sent.status_code == 302 else sent
    page = ONE_TIME.sub(rb"\1", after.content)
    return sent.status_code, sent.get("Location", ""), sent.content + page, len(captured)


def test_a_known_and_an_unknown_number_get_the_same_answer_byte_for_byte(
    study_site: StudySite, coordinator: User, taker: User, as_user: SignIn
) -> None:
    make_lead(
        study_site,
        owner=coordinator,
        enquirer=make_enquirer(phones=("+16175550142",), first_name="Ida", last_name="Knownname"),
    )
    client = as_user(taker)
    answer(client, given(study_site, "617 555 0111"))  # what is read once stays read

    known, unknown = (answer(client, given(study_site, reach)) for reach in (KNOWN, UNKNOWN))

    assert known == unknown
    assert known[0] == 302
    assert b"Message passed on." in known[2]


def test_it_stays_the_same_after_the_message_has_found_its_lead(
    study_site: StudySite, coordinator: User, taker: User, as_user: SignIn
) -> None:
    make_lead(study_site, owner=coordinator, enquirer=make_enquirer(phones=("+16175550142",)))
    client = as_user(taker)
    pages = []
    for reach in (KNOWN, UNKNOWN):
        answer(client, given(study_site, reach))
        for job in Job.objects.filter(state="waiting", kind="message.route"):
            assert jobs.run_job(job.pk, at=timezone.now())
        found = [client.get(reverse(name)) for name in ("messages", "actions", "message_pass_on")]
        pages.append([ONE_TIME.sub(rb"\1", page.content) for page in found])

    assert Message.objects.filter(lead__isnull=False).count() == 1
    assert pages[0] == pages[1]
    assert client.get(reverse("messages")).context["waiting"] == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"reach": ""}, "reach"),
        ({"reach": "call me"}, "reach"),
        ({"site": "0"}, "site"),
        ({"text": "x" * 301}, "text"),
        ({"call_day": "2026-11-30"}, "call_time"),
        ({"call_time": "14:30"}, "call_day"),
        ({"call_day": "2020-01-01", "call_time": "14:30"}, "call_day"),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(
    wrong: dict[str, str], field: str, study_site: StudySite, taker: User, as_user: SignIn
) -> None:
    page = as_user(taker).post(reverse("message_pass_on"), given(study_site, KNOWN) | wrong)

    assert page.status_code == 422
    assert field in page.context["form"].errors
    assert not Message.objects.exists()


def test_only_sites_where_she_works_are_offered(
    study_site: StudySite, taker: User, as_user: SignIn
) -> None:
    elsewhere = StudySiteFactory()

    page = as_user(taker).get(reverse("message_pass_on"))

    assert study_site.site.name in page.content.decode()
    assert elsewhere.site.name not in page.content.decode()


def test_who_took_a_message_cannot_take_it_off_the_list(
    study_site: StudySite, taker: User, coordinator: User, as_user: SignIn
) -> None:
    answer(as_user(taker), given(study_site, UNKNOWN))
    url = reverse("message_answer", args=[Message.objects.get().pk])

    assert as_user(taker).post(url).status_code == 404
    assert as_user(coordinator).post(url).status_code == 302
    assert as_user(coordinator).post(url).status_code == 302  # a double click
    assert Message.objects.get().answered_by == coordinator

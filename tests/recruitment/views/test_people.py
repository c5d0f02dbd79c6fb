"""People on pages: roles, suspending, and the way from an invitation to the first sign-in."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from recruitment.models import Invitation, Job, Membership, Role, StudySite
from recruitment.services import invitations, jobs
from tests.factories.accounts import UserFactory
from tests.factories.recruitment import MONDAY, make_lead, make_member

PASSWORD = "seven quiet herons at dawn"
ACCEPT = {
    "name": "Priya Raman",
    "time_zone": "America/Phoenix",
    "password1": PASSWORD,
    "password2": PASSWORD,
}


@pytest.fixture
def client(administrator: User, as_user: Callable[[User], Client]) -> Client:
    return as_user(administrator)


def invite(client: Client, study_site: StudySite, **more: str) -> Any:
    fields = {
        "name": "Priya Raman",
        "email": "priya@example.org",
        "role": f"coordinator:{study_site.pk}",
    }
    return client.post("/setup/invitations/add/", fields | more)


def path_of(invitation: Invitation) -> str:
    return "/invitation/" + invitations.link_of(invitation).rstrip("/").rpartition("/")[2] + "/"


def test_somebody_invited_makes_her_account_and_lands_on_her_page(
    client: Client, study_site: StudySite
) -> None:
    invite(client, study_site)
    jobs.run_job(Job.objects.get().pk, at=Job.objects.get().due_at)
    link = re.search(r"http://\S+?(/invitation/\w+/)", mail.outbox[0].body)
    assert link is not None
    hers = Client()
    page = hers.get(link.group(1))
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert "priya@example.org" in page.content.decode()

    answer = hers.post(link.group(1), ACCEPT)

    assert answer["Location"] == "/"
    assert hers.get("/profile/").status_code == 200
    user = User.objects.get(email="priya@example.org")
    assert user.has_perm("recruitment.work_leads", study_site)
    assert user.time_zone == "America/Phoenix"


def test_every_link_that_is_no_good_gets_the_same_page(
    client: Client, study_site: StudySite
) -> None:
    invite(client, study_site)
    used = Invitation.objects.get()
    assert Client().post(path_of(used), ACCEPT).status_code == 302
    invite(client, study_site, email="b@example.org")
    revoked = Invitation.objects.get(email="b@example.org")
    client.post(f"/setup/invitations/{revoked.pk}/revoke/")
    invite(client, study_site, email="c@example.org")
    expired = Invitation.objects.get(email="c@example.org")
    path = path_of(expired)
    Invitation.objects.filter(pk=expired.pk).update(expires_at=MONDAY)

    answers = [
        getattr(Client(), method)(address, ACCEPT)
        for address in (path_of(used), path_of(revoked), path, "/invitation/wrong/")
        for method in ("get", "post")
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"password1": "short", "password2": "short"}, "15 characters"),
        ({"password2": PASSWORD + "!"}, "The two passwords differ."),
        (
            {"password1": "priya@example.org", "password2": "priya@example.org"},
            "too similar",
        ),
        ({"time_zone": "Mars/Base"}, "Mars/Base is not a time zone"),
        ({"name": " "}, "required"),
    ],
)
def test_bad_answers_keep_the_link_good(
    client: Client, study_site: StudySite, fields: dict[str, str], sentence: str
) -> None:
    invite(client, study_site)
    path = path_of(Invitation.objects.get())

    answer = Client().post(path, ACCEPT | fields)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Client().get(path).status_code == 200


def test_somebody_signed_in_is_asked_to_sign_out_first(
    client: Client, study_site: StudySite
) -> None:
    invite(client, study_site)

    page = client.post(path_of(Invitation.objects.get()), ACCEPT).content.decode()

    assert "You are signed in already" in page
    assert not User.objects.filter(email="priya@example.org").exists()


def test_link_is_shown_only_where_mail_goes_no_further_than_a_folder(
    client: Client, study_site: StudySite, settings: Any
) -> None:
    invite(client, study_site)
    invitation = Invitation.objects.get()
    url = f"/setup/invitations/{invitation.pk}/"

    settings.MAIL_TO_FOLDER = True
    shown = client.get(url).content.decode()
    settings.MAIL_TO_FOLDER = False
    hidden = client.get(url).content.decode()

    assert path_of(invitation) in shown
    assert "TRIALSNEST_HOME/mail" in shown
    assert path_of(invitation) not in hidden


def test_mail_that_failed_is_told_and_can_be_sent_again(
    client: Client, study_site: StudySite
) -> None:
    invite(client, study_site)
    invitation = Invitation.objects.get()
    Job.objects.update(state="failed")
    url = f"/setup/invitations/{invitation.pk}/"
    assert "could not be sent" in client.get(url).content.decode()

    client.post(f"{url}send/")

    assert "waiting to be sent" in client.get(url).content.decode()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"email": "not an address"}, "valid email"),
        ({"email": "priya@example.org\nBcc: x@example.org"}, "valid email"),
        ({"role": "administrator:7"}, "Choose a role of the list."),
        ({"role": "coordinator:999999"}, "Choose a role of the list."),
        ({"role": ""}, "required"),
    ],
)
def test_bad_invitation_is_refused(
    client: Client, study_site: StudySite, fields: dict[str, str], sentence: str
) -> None:
    answer = invite(client, study_site, **fields)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Invitation.objects.exists()


def test_second_invitation_to_an_address_is_refused_at_its_field(
    client: Client, study_site: StudySite
) -> None:
    invite(client, study_site)

    answer = invite(client, study_site, email="PRIYA@example.org")

    assert answer.status_code == 422
    assert 'id="id_email_error"' in answer.content.decode()


def test_role_is_given_and_ended_with_its_history_shown(
    client: Client, study_site: StudySite, administrator: User
) -> None:
    user = UserFactory(name="Tom Ode")
    url = f"/setup/people/{user.pk}/"

    client.post(url, {"role": f"site_lead:{study_site.site.pk}"})
    assert User.objects.get(pk=user.pk).has_perm("recruitment.lead_site", study_site)
    role = Membership.objects.get(user=user)
    assert "End this role?" in client.get(f"/setup/roles/{role.pk}/end/").content.decode()
    client.post(f"/setup/roles/{role.pk}/end/")

    assert not User.objects.get(pk=user.pk).has_perm("recruitment.lead_site", study_site)
    page = client.get(url).content.decode()
    assert "Ended roles" in page
    assert f"ended by {administrator.name}" in page


@pytest.mark.parametrize(
    ("value", "perm"),
    [
        ("coordinator", "work_leads"),
        ("reviewer", "review_leads"),
        ("site_lead", "lead_site"),
        ("sponsor_viewer", "view_reports"),
    ],
)
def test_each_role_gives_its_rights_there_and_none_elsewhere(
    client: Client, study_site: StudySite, outsider: User, value: str, perm: str
) -> None:
    over = {"site_lead": study_site.site, "sponsor_viewer": study_site.study}.get(value, study_site)
    user = UserFactory()

    client.post(f"/setup/people/{user.pk}/", {"role": f"{value}:{over.pk}"})

    fresh = User.objects.get(pk=user.pk)
    target = study_site.study if value == "sponsor_viewer" else study_site
    elsewhere = StudySite.objects.exclude(pk=study_site.pk).get()
    assert fresh.has_perm(f"recruitment.{perm}", target)
    assert not fresh.has_perm(f"recruitment.{perm}", elsewhere)
    assert not fresh.has_perm("recruitment.administer")


def test_suspending_asks_first_and_says_how_many_leads_it_frees(
    client: Client, coordinator: User, study_site: StudySite, as_user: Callable[[User], Client]
) -> None:
    theirs = as_user(coordinator)
    make_lead(study_site, owner=coordinator)
    url = f"/setup/people/{coordinator.pk}/"
    assert "1 open lead becomes Unowned." in client.get(f"{url}suspend/").content.decode()
    coordinator.refresh_from_db()
    assert coordinator.is_active

    page = client.post(f"{url}suspend/", follow=True).content.decode()

    assert "1 lead without an owner now." in page
    assert "Suspended" in page
    assert theirs.get("/profile/").status_code == 302
    client.post(f"{url}restore/")
    coordinator.refresh_from_db()
    assert coordinator.is_active


def test_last_administrator_is_told_why_not(client: Client, administrator: User) -> None:
    role = administrator.memberships.get()

    ended = client.post(f"/setup/roles/{role.pk}/end/")
    suspended = client.post(f"/setup/people/{administrator.pk}/suspend/")

    assert (ended.status_code, suspended.status_code) == (409, 409)
    assert "last administrator" in ended.content.decode()
    assert "You cannot suspend yourself." in suspended.content.decode()


def test_titles_of_pages_about_a_person_hold_no_name(client: Client) -> None:
    user = make_member(Role.ADMINISTRATOR, name="Tom Ode")

    page = client.get(f"/setup/people/{user.pk}/").content.decode()

    title = re.search(r"<title>(.*?)</title>", page)
    assert title is not None
    assert "Ode" not in title.group(1)

"""Invitations: seven days, one use, revocable, and a mail that survives a lost mail server."""

import json
import re
from datetime import timedelta
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from accounts.models import User
from recruitment.models import Invitation, Job, Membership, Role, StudySite
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.services import invitations, jobs
from tests.factories.accounts import UserFactory
from tests.factories.recruitment import MONDAY

PASSWORD = "seven quiet herons at dawn"


def make(administrator: User, study_site: StudySite, **values: Any) -> Invitation:
    fields: dict[str, Any] = {
        "email": "Priya@Example.org",
        "name": "Priya Raman",
        "role": Role.COORDINATOR,
        "scope": study_site,
        "by": administrator,
        "at": MONDAY,
    }
    return invitations.invite(**(fields | values))


def token_of(invitation: Invitation) -> str:
    return invitations.link_of(invitation).rstrip("/").rpartition("/")[2]


def accept(token: str, at: Any = MONDAY) -> User | None:
    return invitations.accept(
        token=token, name="Priya R.", password=PASSWORD, time_zone="America/Phoenix", at=at
    )


def run_mail() -> bool:
    return jobs.run_job(Job.objects.latest("pk").pk, at=MONDAY)


def test_invitation_makes_one_account_with_its_role(
    administrator: User, study_site: StudySite
) -> None:
    invitation = make(administrator, study_site)

    user = accept(token_of(invitation))

    assert user is not None
    assert (user.email, user.name) == ("priya@example.org", "Priya R.")
    assert user.check_password(PASSWORD)
    assert user.has_perm("recruitment.work_leads", study_site)
    membership = Membership.objects.get(user=user)
    assert membership.granted_by == administrator
    invitation.refresh_from_db()
    assert (invitation.accepted_at, invitation.accepted_by) == (MONDAY, user)


def test_token_is_256_bits_and_stands_in_no_table(
    administrator: User, study_site: StudySite
) -> None:
    invitation = make(administrator, study_site)

    token = token_of(invitation)

    assert re.fullmatch(r"[0-9a-f]{64}", token)
    stored = [invitation.token_hash, json.dumps(list(Job.objects.values("key", "ids", "error")))]
    assert not any(token in text for text in stored)
    assert list(Job.objects.values_list("ids", flat=True)) == [{"invitation": invitation.pk}]


def test_used_revoked_expired_and_wrong_links_all_answer_none(
    administrator: User, study_site: StudySite
) -> None:
    used = make(administrator, study_site)
    assert accept(token_of(used)) is not None
    revoked = make(administrator, study_site, email="b@example.org")
    invitations.revoke(invitation=revoked, by=administrator, at=MONDAY)
    expired = make(administrator, study_site, email="c@example.org")
    late = MONDAY + timedelta(days=7)

    answers = [
        accept(token_of(used)),
        accept(token_of(revoked)),
        accept(token_of(expired), at=late),
        accept("0" * 64),
        accept(""),
    ]

    assert answers == [None] * 5
    assert User.objects.filter(memberships__role=Role.COORDINATOR).count() == 1


def test_link_works_until_the_very_last_moment(administrator: User, study_site: StudySite) -> None:
    invitation = make(administrator, study_site)

    last = MONDAY + timedelta(days=7) - timedelta(microseconds=1)

    assert accept(token_of(invitation), at=last) is not None


def test_address_that_got_an_account_since_keeps_it(
    administrator: User, study_site: StudySite
) -> None:
    invitation = make(administrator, study_site)
    there = UserFactory(email="priya@example.org")

    assert accept(token_of(invitation)) is None

    assert not Membership.objects.filter(user=there).exists()


def test_sending_again_ends_the_old_link(administrator: User, study_site: StudySite) -> None:
    invitation = make(administrator, study_site)
    old = token_of(invitation)
    later = MONDAY + timedelta(days=8)

    invitations.send_again(invitation=invitation, at=later)

    invitation.refresh_from_db()
    assert accept(old, at=later) is None
    assert accept(token_of(invitation), at=later) is not None
    assert Job.objects.filter(kind=invitations.MAIL).count() == 2


@pytest.mark.parametrize("how", ["used", "revoked"])
def test_invitation_that_is_over_is_not_sent_again(
    administrator: User, study_site: StudySite, how: str
) -> None:
    invitation = make(administrator, study_site)
    if how == "used":
        accept(token_of(invitation))
    else:
        invitations.revoke(invitation=invitation, by=administrator, at=MONDAY)

    with pytest.raises(Refusal, match="used or revoked"):
        invitations.send_again(invitation=invitation, at=MONDAY)


def test_used_invitation_is_not_revoked(administrator: User, study_site: StudySite) -> None:
    invitation = make(administrator, study_site)
    accept(token_of(invitation))

    with pytest.raises(Refusal, match="Suspend the account"):
        invitations.revoke(invitation=invitation, by=administrator, at=MONDAY)


def test_address_with_an_account_or_an_open_invitation_is_refused(
    administrator: User, study_site: StudySite
) -> None:
    UserFactory(email="there@example.org")
    make(administrator, study_site)

    with pytest.raises(InvalidInput, match="account already"):
        make(administrator, study_site, email="THERE@example.org")
    with pytest.raises(InvalidInput, match="open invitation"):
        make(administrator, study_site, email="priya@EXAMPLE.org")


def test_role_and_scope_must_fit(administrator: User, study_site: StudySite) -> None:
    with pytest.raises(InvalidInput):
        make(administrator, study_site, role=Role.SPONSOR_VIEWER)

    assert not Invitation.objects.exists()
    assert not Job.objects.exists()


def test_mail_holds_the_link_and_codes_and_no_name(
    administrator: User, study_site: StudySite, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://nest.example.org"
    invitation = make(administrator, study_site)

    assert run_mail()

    sent = mail.outbox[0]
    assert sent.subject == "Your invitation to TrialsNest"
    assert sent.to == ["priya@example.org"]
    assert f"https://nest.example.org/invitation/{token_of(invitation)}/" in sent.body
    assert f"Coordinator, {study_site.study.code} at {study_site.site.code}" in sent.body
    for word in (study_site.site.name, study_site.study.title, "Priya", administrator.name):
        assert word not in sent.body


def test_lost_mail_server_is_tried_again(
    administrator: User, study_site: StudySite, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(administrator, study_site)

    def gone(*_: object) -> None:
        raise SMTPServerDisconnected

    with monkeypatch.context() as lost:
        lost.setattr(EmailBackend, "send_messages", gone)
        assert not run_mail()
    job = Job.objects.get()
    assert (job.state, job.tries, job.error) == ("waiting", 1, "SMTPServerDisconnected")

    assert run_mail()

    assert len(mail.outbox) == 1


def test_mail_of_an_invitation_revoked_meanwhile_is_not_sent(
    administrator: User, study_site: StudySite
) -> None:
    invitation = make(administrator, study_site)
    invitations.revoke(invitation=invitation, by=administrator, at=MONDAY)

    assert run_mail()

    assert mail.outbox == []


def test_words_that_would_add_a_header_reach_no_header(
    administrator: User, study_site: StudySite
) -> None:
    make(administrator, study_site, name="Priya\nBcc: everybody@example.org")

    run_mail()

    raw = mail.outbox[0].message().as_string()
    assert "everybody@example.org" not in raw


def test_changed_secret_key_leaves_mailed_links_alone_and_shows_no_wrong_one(
    administrator: User, study_site: StudySite, settings: Any
) -> None:
    invitation = make(administrator, study_site)
    token = token_of(invitation)

    settings.SECRET_KEY = "another secret key of at least fifty characters, really"

    assert invitations.link_of(invitation) == ""
    assert accept(token) is not None

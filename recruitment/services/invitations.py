"""Invitations: a link by e-mail that makes one account with one role (PR1).

The link's token is an HMAC-SHA256 (256 bits) of the invitation's id and its expiry under the
installation's secret key, and only its SHA-256 is stored. So the token stands in no table, no job
and no broker, yet the worker can write it into the mail again after a lost mail server, a lost
Redis or a kill. Sending again moves the expiry, which makes a new token and ends the old one.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import User
from recruitment.models import Invitation, Role, Site, Study, StudySite
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.services import jobs
from recruitment.services.membership import Scope, grant_role, scope_fields
from trialsnest.lib.zones import as_utc

VALID_FOR = timedelta(days=7)
MAIL = "mail.invitation"


@transaction.atomic
def invite(
    *, email: str, name: str, role: Role, scope: Scope, by: User, at: datetime
) -> Invitation:
    """Invite somebody from `at` (UTC) for 7 days, and queue the mail.

    Raises InvalidInput if the address has an account or an open invitation, or role and scope
    misfit. The address is kept in lower case.
    """
    email = email.strip().lower()
    if User.objects.filter(email=email).exists():
        raise InvalidInput(
            "This address has an account already: give the role on its page.", field="email"
        )
    # Pressed twice, one waits here for the other. Two administrators at once can still make two;
    # then the link that is opened second finds an account and is no good.
    list(User.objects.select_for_update().filter(pk=by.pk))
    if open_invitations(at=at).filter(email=email).exists():
        raise InvalidInput(
            "There is an open invitation to this address: send it again or revoke it.",
            field="email",
        )
    invitation = Invitation.objects.create(
        email=email,
        name=name,
        role=role,
        token_hash=secrets.token_hex(32),  # of nothing, until the id is known
        invited_at=at,
        invited_by=by,
        expires_at=at + VALID_FOR,
        **scope_fields(role, scope),
    )
    _mail_new_link(invitation, at=at)
    return invitation


@transaction.atomic
def send_again(*, invitation: Invitation, at: datetime) -> None:
    """Mail a new link, good for 7 days from `at`; the old one stops. Raises Refusal if used."""
    locked = _locked(invitation)
    if locked.accepted_at or locked.revoked_at:
        raise Refusal("This invitation was used or revoked. Invite again.")
    locked.expires_at = at + VALID_FOR
    _mail_new_link(locked, at=at)


@transaction.atomic
def revoke(*, invitation: Invitation, by: User, at: datetime) -> None:
    """End an invitation; its link stops at once. Raises Refusal if it was used. May run twice."""
    locked = _locked(invitation)
    if locked.accepted_at:
        raise Refusal("This invitation was used already. Suspend the account instead.")
    if locked.revoked_at is None:
        locked.revoked_at, locked.revoked_by = at, by
        locked.save(update_fields=["revoked_at", "revoked_by"])


@transaction.atomic
def accept(*, token: str, name: str, password: str, time_zone: str, at: datetime) -> User | None:
    """Make the account, with its role, and use the invitation up; None if the link is no good.

    None says the same for a wrong, used, revoked and expired token, and for an address that has
    got an account since. The password was validated by the caller.
    """
    invitation = open_by_token(token, at=at, for_update=True)
    if invitation is None:
        return None
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                invitation.email, password, name=name, time_zone=time_zone
            )
    except IntegrityError:
        return None
    invitation.accepted_at, invitation.accepted_by = at, user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    role, scope = Role(invitation.role), invitation.scope
    grant_role(user=user, role=role, scope=scope, by=invitation.invited_by, at=at)
    return user


def open_by_token(token: str, *, at: datetime, for_update: bool = False) -> Invitation | None:
    """The invitation that this token opens at `at` (UTC), or None. One statement."""
    found = open_invitations(at=at).filter(token_hash=_hash(token))
    if for_update:
        found = found.select_for_update(of=("self",))
    invitation: Invitation | None = found.select_related(
        "site", "study", "study_site__study", "study_site__site", "invited_by"
    ).first()
    return invitation


def open_invitations(*, at: datetime) -> QuerySet[Invitation]:
    """Those whose link works at `at` (UTC)."""
    return Invitation.objects.filter(
        accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=at
    )


def link_of(invitation: Invitation) -> str:
    """The address to open, or "" if the secret key changed since (then send it again)."""
    token = _token(invitation)
    if not constant_time_compare(_hash(token), invitation.token_hash):
        return ""
    return settings.PUBLIC_URL + reverse("invitation_accept", kwargs={"token": token})


def mail_key(invitation: Invitation) -> str:
    """The key of the job that mails the present link."""
    return f"{MAIL}:{invitation.pk}:{invitation.expires_at:%Y%m%dT%H%M%S%f}"


def _mail_new_link(invitation: Invitation, *, at: datetime) -> None:
    invitation.token_hash = _hash(_token(invitation))
    invitation.save(update_fields=["token_hash", "expires_at"])
    jobs.enqueue(MAIL, key=mail_key(invitation), ids={"invitation": invitation.pk}, at=at)


def send_mail(ids: jobs.Ids, at: datetime) -> None:
    """Send the mail of one invitation, unless it is over. A kill after sending sends it twice."""
    invitation = (
        open_invitations(at=at)
        .select_related("site", "study", "study_site__study", "study_site__site")
        .filter(pk=ids["invitation"])
        .first()
    )
    if invitation is None or not (link := link_of(invitation)):
        return
    body = render_to_string(
        "recruitment/setup/invitation_mail.txt",
        {"role": _role_in_codes(invitation), "link": link, "invitation": invitation},
    )
    EmailMessage("Your invitation to TrialsNest", body, to=[invitation.email]).send()


def _role_in_codes(invitation: Invitation) -> str:
    """The role with the codes of study and site, which tell an outsider nothing."""
    label, scope = str(Role(invitation.role).label), invitation.scope
    if isinstance(scope, StudySite):
        return f"{label}, {scope.study.code} at {scope.site.code}"
    if isinstance(scope, Site | Study):
        return f"{label}, {scope.code}"
    return label


def _locked(invitation: Invitation) -> Invitation:
    return Invitation.objects.select_for_update().get(pk=invitation.pk)


def _token(invitation: Invitation) -> str:
    text = f"{invitation.pk}:{as_utc(invitation.expires_at).isoformat()}"
    return salted_hmac("trialsnest.invitation", text, algorithm="sha256").hexdigest()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


jobs.register(MAIL, send_mail)

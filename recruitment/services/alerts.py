"""What site leads are told at once, on their queue and by mail, until one has seen it (D22)."""

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import User
from recruitment.models import Alert, StudySite, StudySiteUserPermission
from recruitment.rules.work_codes import AlertKind
from recruitment.services import jobs

MAIL = "mail.alert"


def raise_alert(
    *,
    study_site: StudySite,
    kind: AlertKind,
    about: User,
    leads: int,
    by: User | None,
    at: datetime,
) -> Alert:
    """Write an alert about `leads` open leads without an owner, and queue a mail per site lead.

    In the caller's transaction, so that alert and mail come with what they tell of or not at all.
    `leads` may be 0 when only the study lost its owner. `by` is None for a job; `at` is UTC.
    """
    alert = Alert.objects.create(
        study_site=study_site, kind=kind, about=about, leads=leads, made_at=at, made_by=by
    )
    for user in site_leads(study_site):
        jobs.enqueue(
            MAIL, key=f"{MAIL}:{alert.pk}:{user.pk}", ids={"alert": alert.pk, "to": user.pk}, at=at
        )
    return alert


def site_leads(study_site: StudySite) -> list[User]:
    """Who leads the site of a study and can sign in. One statement."""
    held = StudySiteUserPermission.objects.filter(
        content_object=study_site, permission__codename="lead_site"
    )
    return list(User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("pk"))


@transaction.atomic
def see_alert(*, alert: Alert, by: User, at: datetime) -> None:
    """Note who saw it first and when (UTC); it leaves the queue page. May run twice."""
    locked = Alert.objects.select_for_update().get(pk=alert.pk)
    if locked.seen_at is None:
        locked.seen_at, locked.seen_by = at, by
        locked.save(update_fields=["seen_at", "seen_by"])


def send_mail(ids: jobs.Ids, at: datetime) -> None:
    """Mail one site lead: a count and codes, no names (PR4). Nothing once it was seen.

    A kill after sending sends it twice.
    """
    alert = (
        Alert.objects.select_related("study_site__study", "study_site__site")
        .filter(pk=ids["alert"], seen_at__isnull=True)
        .first()
    )
    user = User.objects.filter(pk=ids["to"], is_active=True).first()
    if alert is None or user is None:
        return
    link = settings.PUBLIC_URL + reverse("queue") + "?tab=unowned"
    body = render_to_string("recruitment/alert_mail.txt", {"alert": alert, "link": link})
    EmailMessage("TrialsNest: leads need an owner", body, to=[user.email]).send()


jobs.register(MAIL, send_mail)

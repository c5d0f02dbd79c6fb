"""The form of a hand-off begins with what the person was promised (H2, N4)."""

from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import StudySite
from tests.factories.recruitment import make_lead
from tests.recruitment.views.lead_steps import log

SignIn = Callable[[User], Client]


def test_a_promised_call_stands_in_the_form_and_an_ordinary_one_does_not(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    now = timezone.now()
    plain, promised = (
        make_lead(study_site, owner=coordinator, received_at=now - timedelta(hours=2))
        for _ in range(2)
    )
    client = as_user(coordinator)
    day = (now + timedelta(days=3)).date().isoformat()
    log(client, promised, "call_later", due="pick", due_date=day, due_time="11:00")

    forms = [
        client.get(reverse("lead_handoff", args=[lead.number])).content.decode()
        for lead in (plain, promised)
    ]

    assert ["A call on" in form for form in forms] == [False, True]
    assert "11:00" in forms[1].split("A call on")[1][:40]

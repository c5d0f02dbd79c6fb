"""The settings page of a study's contact cadence (CD1)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recruitment.models import Cadence, CadenceStep, SettingChange, Study, StudySite
from recruitment.rules.cadence import DEFAULT
from recruitment.rules.vocabulary import ActionType, Channel, ContactResult
from recruitment.services.cadences import cadence_of, read_cadence
from recruitment.services.outreach import log_outreach
from tests.factories.recruitment import MONDAY, make_lead
from tests.recruitment.models.test_constraints import _broken


@pytest.fixture
def client(administrator: User, as_user: Callable[[User], Client]) -> Client:
    return as_user(administrator)


def _fields(**changed: object) -> dict[str, Any]:
    values: dict[str, Any] = {
        "seen": 0,
        "max_attempts": 3,
        "call_back_days": 10,
        "channel_1": "phone",
        "days_1": 0,
        "channel_2": "email",
        "days_2": 2,
        "clock_2": "18:30",
    }
    return {name: value for name, value in (values | changed).items() if value is not None}


def test_publishing_writes_the_next_version_and_attempts_keep_the_one_they_ran_under(
    client: Client, study_site: StudySite, coordinator: User, administrator: User
) -> None:
    study = study_site.study
    url = reverse("cadence", args=[study.pk])
    lead = make_lead(study_site, owner=coordinator)
    call = {"channel": Channel.PHONE, "result": ContactResult.NO_ANSWER, "by": coordinator}
    first = log_outreach(lead=lead, at=MONDAY + timedelta(hours=1), seen=lead.version, **call)

    assert "The usual one counts" in client.get(url).content.decode()
    assert client.post(url, _fields()).status_code == 302
    seen = SettingChange.objects.latest("pk").pk
    assert client.post(url, _fields(seen=seen, max_attempts=2)).status_code == 302

    study = Study.objects.get(pk=study.pk)
    cadence = cadence_of(study)
    assert (cadence.version, cadence.max_attempts, cadence.call_back_days) == (2, 2, 10)
    assert [row.version for row in Cadence.objects.filter(study=study)] == [2, 1]
    change = SettingChange.objects.latest("pk")
    assert (change.field, change.by) == ("cadence", administrator)
    assert "at most 3 attempts" in change.old
    assert "e-mail on day 2 at 18:30" in change.new
    lead = type(lead).objects.get(pk=lead.pk)
    second = log_outreach(lead=lead, at=MONDAY + timedelta(hours=26), seen=lead.version, **call)
    assert (first.cadence_id, second.cadence_id) == (None, cadence.key)
    action = lead.next_actions.get(ended_at__isnull=True)
    assert (action.type, action.due_at) == (
        ActionType.DECIDE_CLOSE,
        MONDAY + timedelta(days=10, hours=26),
    )


def test_saving_the_same_again_writes_nothing(client: Client, study_site: StudySite) -> None:
    url = reverse("cadence", args=[study_site.study.pk])
    page = client.get(url).content.decode()
    fields = {"seen": 0, "max_attempts": 5, "call_back_days": 14}
    for number, step in enumerate(DEFAULT.steps, start=1):
        fields |= {f"channel_{number}": step.channel, f"days_{number}": step.business_days}
        if step.clock:
            fields[f"clock_{number}"] = f"{step.clock:%H:%M}"

    assert client.post(url, fields).status_code == 302
    assert "Attempt 1, at once" in page
    assert not Cadence.objects.exists()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"seen": None}, "The page is incomplete"),
        ({"max_attempts": 0}, "greater than or equal to 1"),
        ({"max_attempts": 1}, "at most 1 attempts"),
        ({"call_back_days": 91}, "less than or equal to 90"),
        ({"channel_1": ""}, "Choose a channel."),
        ({"channel_2": "pigeon"}, "not one of the available choices"),
        ({"days_2": None}, "Write the business day."),
        ({"days_2": 0}, "must come on a later business day"),
        ({"clock_2": None}, "Give step 2 its time of day."),
        ({"clock_2": "21:00"}, "must lie between 08:00 and 21:00"),
        ({"clock_2": "noon"}, "Write the time as 14:30."),
        ({"channel_4": "phone", "days_4": 5, "clock_4": "09:00"}, "Leave no empty line"),
    ],
)
def test_a_cadence_that_cannot_be_is_refused_with_a_sentence(
    client: Client, study_site: StudySite, changed: dict[str, object], sentence: str
) -> None:
    answer = client.post(reverse("cadence", args=[study_site.study.pk]), _fields(**changed))

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Cadence.objects.exists()


def test_a_colleagues_change_is_told_and_what_was_typed_stays(
    client: Client, study_site: StudySite
) -> None:
    url = reverse("cadence", args=[study_site.study.pk])
    client.post(url, _fields())

    answer = client.post(url, _fields(max_attempts=4))

    assert answer.status_code == 409
    assert "changed this on" in answer.content.decode()
    assert 'value="4"' in answer.content.decode()
    assert read_cadence(study_site.study.pk).max_attempts == 3


def test_the_database_refuses_a_cadence_that_cannot_be(study_site: StudySite) -> None:
    def make(version: int = 1, **values: object) -> Cadence:
        return Cadence.objects.create(
            study=study_site.study, version=version, set_at=MONDAY, **values
        )

    row = make()
    _broken("cadence_once", make)
    _broken("cadence_max_attempts", lambda: make(2, max_attempts=21))
    _broken("cadence_call_back_days", lambda: make(2, call_back_days=0))

    def step(position: int, days: int = 1, channel: str = "phone") -> CadenceStep:
        return CadenceStep.objects.create(
            cadence=row, position=position, business_days=days, channel=channel
        )

    step(1, 0)
    _broken("cadence_step_once", lambda: step(1, 0))
    _broken("cadence_step_has_time", lambda: step(2))
    _broken("cadence_step_channel_is_known", lambda: step(1, 0, "pigeon"))

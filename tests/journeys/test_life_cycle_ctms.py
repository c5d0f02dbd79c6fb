"""The hand-off to study operations over HTTP: numbers, the list, its sheet (domain.md 14)."""

import csv
import io
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import CtmsHandoff, Milestone, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.stages import Stage
from tests.factories.stages import Steps, bring_to
from tests.journeys.visit_pages import DAY, HOUR, end, lead_of
from tests.recruitment.views.lead_steps import post, words_of
from trialsnest.lib.field_classes import class_of

SignIn = Callable[[User], Client]


@pytest.fixture
def scheduled(study_site: StudySite, coordinator: User) -> Steps:
    """A lead whose visit was two hours ago and has no result."""
    lead = lead_of(study_site, coordinator, ago=7 * DAY + 5 * HOUR)
    return bring_to(Stage.SCHEDULED, lead, coordinator)


def test_s74_an_attended_visit_without_a_ctms_number_is_on_the_reconciliation_list(
    scheduled: Steps, coordinator: User, as_user: SignIn
) -> None:
    lead, client = scheduled.lead, as_user(coordinator)
    attended = end(client, lead, result="attended", decided_by=scheduled.decided_by.pk)
    assert attended.status_code == 302
    listed = reverse("ctms_handoffs")
    page = words_of(client.get(listed))
    assert "Attended, no CTMS number yet, 1 " in page
    assert lead.number in page

    early = post(client, "lead_ctms_acknowledge", lead, number="S-0042")
    assert "Record first that the hand-off was sent." in words_of(early)
    sent = post(client, "lead_ctms_send", lead, needs="Ground floor, please")
    assert sent.status_code == 302
    assert "Sent, not acknowledged, 1" in words_of(client.get(listed))
    empty = post(client, "lead_ctms_acknowledge", lead, number=" \u200b ")
    assert "Type the number that study operations gave." in words_of(empty)
    back = post(client, "lead_ctms_acknowledge", lead, number="S-0042")

    assert back.status_code == 302
    page = words_of(client.get(listed))
    assert "Attended, no CTMS number yet, 0" in page
    assert "Sent, not acknowledged, 0" in page
    handoff = CtmsHandoff.objects.get(lead=lead)
    assert (handoff.state, handoff.number) == ("acknowledged", "S-0042")
    assert "S-0042" not in page
    assert not lead.events.filter(code__contains="0042").exists()
    assert not lead.events.filter(reason_code__contains="0042").exists()


def test_a_number_without_an_outcome_is_listed_after_five_business_days(
    scheduled: Steps, coordinator: User, as_user: SignIn
) -> None:
    lead, client = scheduled.lead, as_user(coordinator)
    end(client, lead, result="attended", decided_by=scheduled.decided_by.pk)
    post(client, "lead_ctms_send", lead)
    post(client, "lead_ctms_acknowledge", lead, number="S-1")
    words = "Number for more than 5 business days, no outcome recorded, "
    assert f"{words}0" in words_of(client.get(reverse("ctms_handoffs")))

    ago = timezone.now() - 9 * DAY
    CtmsHandoff.objects.update(sent_at=ago, acknowledged_at=ago)

    assert f"{words}1" in words_of(client.get(reverse("ctms_handoffs")))
    enrolled = post(client, "lead_enroll", lead, decided_by=scheduled.decided_by.pk)
    assert enrolled.status_code == 302
    page = words_of(client.get(reverse("ctms_handoffs")))
    assert f"{words}0" in page
    assert Milestone.objects.filter(lead=lead, code="enrolled").exists()
    assert re.search(r"Month Screened Failed Enrolled .*? 1 0 1 ", page)


def test_a_wrong_number_is_corrected_with_a_reason_and_the_old_one_is_kept(
    scheduled: Steps, coordinator: User, as_user: SignIn
) -> None:
    lead, client = scheduled.lead, as_user(coordinator)
    end(client, lead, result="attended", decided_by=scheduled.decided_by.pk)
    post(client, "lead_ctms_send", lead)
    post(client, "lead_ctms_acknowledge", lead, number="S-0042")

    same = post(client, "lead_ctms_correct", lead, number="S-0042", reason="Typing")
    assert "That is the number it has already." in words_of(same)
    fixed = post(client, "lead_ctms_correct", lead, number="S-0024", reason="Typing")

    assert fixed.status_code == 302
    assert CtmsHandoff.objects.get().number == "S-0024"
    timeline = words_of(client.get(reverse("lead", args=[lead.number])))
    assert "Number corrected from S-0042 to S-0024: Typing" in timeline
    assert list(differences([lead])) == []


def test_the_sheet_carries_dates_and_codes_and_its_csv_runs_no_formula(
    scheduled: Steps, coordinator: User, as_user: SignIn
) -> None:
    lead, client = scheduled.lead, as_user(coordinator)
    type(lead.person).objects.filter(pk=lead.person_id).update(best_time="=1+1")
    end(client, lead, result="attended", decided_by=scheduled.decided_by.pk)
    post(client, "lead_ctms_send", lead, needs="Wheelchair")

    sheet = words_of(client.get(reverse("lead_ctms", args=[lead.number])))
    download = client.get(reverse("lead_ctms_csv", args=[lead.number]))

    rows = list(csv.reader(io.StringIO(download.content.decode())))
    assert len(rows) == 2
    row = dict(zip(*rows, strict=True))
    assert (row["Source"], row["Needs"]) == (lead.source.code, "Wheelchair")
    assert row["Best time"] == "'=1+1"
    assert row["Prescreen version"]
    assert row["Records"] == "Not required"
    assert row["Contact"] == "Phone"
    assert download["Content-Disposition"].endswith(f'hand-off-{lead.number}.csv"')
    assert "It is no screening log" in sheet
    assert "Visit attended" in sheet
    for private in (lead.person.last_name, "+1617555"):
        assert private not in sheet
        assert private not in download.content.decode()


def test_the_ctms_number_is_none_of_the_columns_that_reports_may_read() -> None:
    assert class_of(CtmsHandoff._meta.get_field("number")) == "identifying"

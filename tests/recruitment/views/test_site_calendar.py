"""A site's calendar in its pages: what is refused, and how far the due times are counted anew."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from recruitment.models import Job, Recalculation, Site, StudySite
from recruitment.services import jobs, recalculation
from tests.factories.recruitment import MONDAY, make_lead

SignIn = Callable[[User], Client]
NOON = MONDAY + timedelta(hours=2)


@pytest.fixture
def client_at_noon(administrator: User, as_user: SignIn, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(timezone, "now", lambda: NOON)
    return as_user(administrator)


def _read(client: Client, url: str, **headers: str) -> str:
    return " ".join(client.get(url, headers=headers).content.decode().split())


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (("2026-04-01", "2026-05-15"), "there is no working time; leave some in every 30 days."),
        (("2026-04-02", "2026-04-01"), "The last day is before the first."),
    ],
)
def test_closed_days_that_cannot_be_are_refused_in_the_form(
    study_site: StudySite, client_at_noon: Client, days: tuple[str, str], sentence: str
) -> None:
    make_lead(study_site)
    sent = {"add": "closure", "first_on": days[0], "last_on": days[1], "reason": "Rebuilding"}

    answer = client_at_noon.post(f"/setup/sites/{study_site.site_id}/days/", sent)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Recalculation.objects.exists()


def test_the_pages_of_a_site_show_how_far_its_due_times_are(
    study_site: StudySite, client_at_noon: Client
) -> None:
    make_lead(study_site)
    base = f"/setup/sites/{study_site.site_id}"
    sent = {"add": "holiday", "on": "2026-03-03", "name": "Snow"}

    assert client_at_noon.post(f"{base}/days/", sent).status_code == 302

    for page in ("/", "/hours/", "/days/", "/due-times/"):
        text = _read(client_at_noon, base + page)
        assert "0 of 1 running clocks looked at, 0 due times moved so far" in text
        assert 'hx-trigger="every 2s"' in text
    assert client_at_noon.get(f"{base}/due-times/")["Refresh"] == "3"
    job = Job.objects.get(kind=recalculation.KIND)
    assert jobs.run_job(job.pk, at=NOON)
    fragment = _read(client_at_noon, f"{base}/due-times/", **{"HX-Request": "true"})
    assert "1 of 1 running clocks looked at, 1 due time moved." in fragment
    assert "every 2s" not in fragment
    assert "<html" not in fragment


def test_a_count_that_stopped_says_so_and_goes_on_when_asked(
    study_site: StudySite, client_at_noon: Client
) -> None:
    make_lead(study_site)
    base = f"/setup/sites/{study_site.site_id}"
    client_at_noon.post(f"{base}/days/", {"add": "holiday", "on": "2026-03-03", "name": "Snow"})
    Job.objects.update(state="failed")

    page = client_at_noon.get(f"{base}/due-times/")
    assert "stopped after 0 of 1 running clocks" in page.content.decode()
    assert "Refresh" not in page.headers
    assert client_at_noon.post(f"{base}/due-times/").status_code == 302

    assert Job.objects.get().state == "waiting"


def test_another_time_zone_on_the_details_of_a_site_moves_its_due_times_too(
    study_site: StudySite, client_at_noon: Client
) -> None:
    make_lead(study_site)
    url = f"/setup/sites/{study_site.site_id}/"
    form = client_at_noon.get(url).context["form"]
    sent = {name: form[name].value() for name in form.fields} | {"time_zone": "America/Phoenix"}

    assert client_at_noon.post(url, {k: v for k, v in sent.items() if v}).status_code == 302

    assert Site.objects.get().time_zone == "America/Phoenix"
    assert Recalculation.objects.get().total == 1


def test_a_site_whose_calendar_never_changed_has_nothing_to_tell(
    study_site: StudySite, client_at_noon: Client
) -> None:
    text = _read(client_at_noon, f"/setup/sites/{study_site.site_id}/due-times/")

    assert "has not changed since its first leads came" in text

"""The three commands of the demo, as somebody types them."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from recruitment.models import Job, Lead, Site
from recruitment.services.database_roles import ensure_roles
from reporting.models import SponsorReport
from tests.factories.recruitment import SiteFactory
from tests.recruitment.demo.fixtures import make_demo
from trialsnest import local

MOMENT = "2026-03-10T18:00:00Z"


@pytest.fixture(autouse=True)
def _roles(db: None) -> None:
    """Reports are read under a database role of their own."""
    ensure_roles()


def _run(*command: str) -> list[str]:
    output = StringIO()
    call_command(*command, stdout=output)
    return output.getvalue().splitlines()


@pytest.mark.slow
@pytest.mark.django_db
def test_load_demo_makes_leads_and_reports_and_counts_them_last() -> None:
    lines = _run("load_demo", "--leads", "12", "--processes", "1", "--at", MOMENT)

    assert lines[-1].startswith("Demo: 3 sites, 8 studies, 10 sources, 10 users, 12 leads")
    assert SponsorReport.objects.filter(state="issued").exists()
    assert Job.objects.filter(state="waiting").exists()


@pytest.mark.slow
@pytest.mark.django_db
def test_load_demo_if_empty_does_nothing_where_there_is_a_site() -> None:
    SiteFactory()

    lines = _run("load_demo", "--if-empty", "--leads", "5", "--processes", "1")

    assert lines == ["There is data already; the demo workspace is not loaded."]
    assert Site.objects.count() == 1
    assert not Lead.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db
def test_the_sign_ins_are_printed_with_the_password_and_without_a_demo_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert _run("demo_sign_ins")[0].startswith("There is no demo workspace here")
    monkeypatch.setenv("TRIALSNEST_DEMO_PASSWORD", "one two three four five")

    local.secret_values(local.home(), make=True)  # as load_demo keeps it
    make_demo(leads=1)
    lines = _run("demo_sign_ins")

    assert lines[0] == "Demo sign-ins, all with the password one two three four five"
    assert len(lines) == 11
    assert lines[1].split()[0] == "coordinator1@demo.trialsnest.example"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("moment", "sentence"),
    [
        ("yesterday", "must be a time"),
        ("2026-03-10T18:00:00", "must say its offset"),
        ("2100-01-01T00:00:00Z", "in the future"),
    ],
)
def test_a_moment_that_is_none_is_refused_in_a_sentence(moment: str, sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        _run("load_demo", "--at", moment)

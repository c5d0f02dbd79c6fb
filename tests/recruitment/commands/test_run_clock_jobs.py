"""manage.py run_clock_jobs and the tasks of the same names: what they say, and what they refuse."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from recruitment import tasks
from recruitment.models import Lead, StudySite
from recruitment.rules.events import NOTICES, EventKind
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.vocabulary import SourceKind
from recruitment.services.clock_jobs import CLOCK_JOBS
from tests.factories.recruitment import MONDAY, SourceFactory, make_lead
from tests.recruitment.clocks_agree import check_agreement
from tests.recruitment.due_work import HOUR, notices, one_for_every_job


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    """Received on Monday at 10:00 from somebody who asked herself: to be answered by 14:00."""
    web = SourceFactory(study=study_site.study, kind=SourceKind.WEB)
    return make_lead(study_site, owner=coordinator, source=web)


def test_the_command_runs_every_job_and_says_what_each_did(
    study_site: StudySite, coordinator: User
) -> None:
    one_for_every_job(study_site, coordinator)
    said, again = StringIO(), StringIO()
    call_command("run_clock_jobs", stdout=said)
    call_command("run_clock_jobs", stdout=again)

    lines = said.getvalue().splitlines()
    assert [line.partition(":")[0] for line in lines] == list(CLOCK_JOBS)
    assert "tell_pauses_over: 1 pauses over" in lines
    assert "plan_missed_visits: 1 missed visits to follow up" in lines
    assert "flag_breaches: 0 targets not kept" in again.getvalue().splitlines()


def test_the_command_runs_a_missed_moment_as_of_then(lead: Lead) -> None:
    said = StringIO()
    at = MONDAY + 5 * HOUR
    call_command("run_clock_jobs", only=["flag_breaches"], at=at.isoformat(), stdout=said)

    assert said.getvalue() == "flag_breaches: 1 targets not kept\n"
    (notice,) = notices(lead, EventKind.CLOCK_BREACHED)
    assert (notice.occurred_at, notice.recorded_at) == (MONDAY + 4 * HOUR, at)


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        ("2999-01-01T00:00:00Z", "The time lies in the future."),
        ("tomorrow", "--at must be a time such as"),
        ("2026-03-02T15:00:00", "--at must say its offset"),
    ],
)
def test_the_command_refuses_a_moment_that_cannot_be(db: None, at: str, sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("run_clock_jobs", at=at)


@pytest.mark.parametrize("name", sorted(CLOCK_JOBS))
def test_every_job_is_a_task_with_a_moment(lead: Lead, name: str) -> None:
    task = getattr(tasks, name)
    assert task.name == f"recruitment.{name}"
    before = lead.events.exclude(kind__in=NOTICES).count()
    task(MONDAY.isoformat())
    with pytest.raises(InvalidInput, match="future"):
        task("2999-01-01T00:00:00+00:00")
    assert lead.events.exclude(kind__in=NOTICES).count() == before
    check_agreement([lead])

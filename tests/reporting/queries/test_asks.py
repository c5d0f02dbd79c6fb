"""What a report reads of asks: their history up to a moment, under its own role (scenario 69)."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction

from accounts.models import User
from recruitment.models import Ask, Lead, StudySite
from reporting.figures.inputs import AskFacts
from reporting.queries.log import read_log
from reporting.queries.role import as_report_reader
from tests.recruitment.asks.held import (
    ANSWERED,
    ASKED,
    SETTLED,
    WORDS,
    answered,
    asked_of_us,
    raised,
    settled,
)
from tests.recruitment.weekly.held import blocked_leads

SECOND = timedelta(seconds=1)


@pytest.fixture
def leads(study_site: StudySite, coordinator: User) -> list[Lead]:
    return blocked_leads(study_site, coordinator)


@pytest.fixture
def ask(study_site: StudySite, site_lead: User, leads: list[Lead]) -> Ask:
    found = raised(study_site, site_lead)
    raised(study_site, site_lead, asked_of_us())
    return found


def known(place: StudySite, cut_off: object) -> list[AskFacts]:
    """The asks as a report of this cut-off knows them, read under the role of reports."""
    with transaction.atomic(), as_report_reader() as taken:
        assert taken
        log = read_log(place, until=SETTLED + SECOND)
        return list(log.asks_known_at(cut_off=cut_off, as_of=SETTLED + SECOND))  # type: ignore[arg-type]


def test_each_moment_has_the_ask_as_it_stood_then(
    ask: Ask, study_site: StudySite, site_lead: User, leads: list[Lead]
) -> None:
    answered(ask, site_lead)
    settled(ask, site_lead, [lead.pk for lead in leads])

    assert known(study_site, ASKED) == []
    (waiting,) = known(study_site, ASKED + SECOND)
    (told,) = known(study_site, ANSWERED + SECOND)
    (over,) = known(study_site, SETTLED + SECOND)
    assert (waiting.question, waiting.choice, waiting.due_at) == (WORDS, "", ask.due_at)
    assert (told.choice, told.answered_at, told.ended_at) == ("agreed", ANSWERED, None)
    assert over.ended_at == SETTLED


def test_the_leads_that_wait_are_told_by_the_key_of_the_ask(
    ask: Ask, study_site: StudySite, leads: list[Lead]
) -> None:
    with transaction.atomic(), as_report_reader():
        log = read_log(study_site, until=ANSWERED)
        found = log.leads_known_at(cut_off=ANSWERED, as_of=ANSWERED)

    assert [lead.asks for lead in found] == [(ask.pk,)] * len(leads)


def test_a_report_may_not_read_who_answered(ask: Ask, site_lead: User) -> None:
    answered(ask, site_lead)

    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        as_report_reader(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT said_by FROM recruitment_askevent")

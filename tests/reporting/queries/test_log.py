"""The log as it was known at a moment, as the inputs of figures."""

from collections.abc import Callable
from datetime import datetime

import pytest

from accounts.models import User
from recruitment.models import LeadEvent, StudySite
from recruitment.rules.closing import CloseCode
from recruitment.rules.events import EventKind
from recruitment.rules.stages import Bucket
from recruitment.rules.vocabulary import ContactResult
from recruitment.services.closing import close_lead
from reporting.figures.inputs import LeadFacts, TurnKind
from reporting.queries.log import read_log
from tests.factories.recruitment import MONDAY, SourceFactory, make_lead
from tests.reporting.world import (
    DAY,
    HOUR,
    WEEK,
    attempt,
    close,
    complete_prescreen,
    reopen,
    some_leads,
)

pytestmark = pytest.mark.django_db
CUT_OFF = MONDAY + WEEK


def known(
    study_site: StudySite, *, cut_off: datetime = CUT_OFF, as_of: datetime | None = None
) -> tuple[LeadFacts, ...]:
    told = as_of or cut_off
    return read_log(study_site, until=told).leads_known_at(cut_off=cut_off, as_of=told)


def test_a_lead_is_told_with_its_source_its_milestones_and_its_bucket(
    study_site: StudySite, coordinator: User
) -> None:
    source = SourceFactory(study=study_site.study, sponsor_label="Referrals", is_test=True)
    lead = make_lead(study_site, source=source)
    attempt(lead, coordinator, MONDAY + HOUR, ContactResult.REACHED)
    complete_prescreen(lead, coordinator, MONDAY + 6 * DAY)

    (facts,) = known(study_site)

    assert (facts.source.label, facts.is_test) == ("Referrals", True)
    assert facts.received.occurred_at == MONDAY
    assert facts.milestones["first_two_way_contact"].occurred_at == MONDAY + HOUR
    assert facts.milestones["prescreen_completed"].occurred_at == MONDAY + 6 * DAY
    assert facts.bucket == Bucket.COORDINATOR_REVIEW
    assert facts.action is not None
    assert facts.action.type == "review_prescreen"


def test_what_was_recorded_after_the_as_of_is_not_known(
    study_site: StudySite, coordinator: User
) -> None:
    lead = make_lead(study_site)
    close(lead, coordinator, MONDAY + DAY, CloseCode.PT_NOT_INTERESTED, told=CUT_OFF + DAY)

    (before,) = known(study_site)
    (after,) = known(study_site, as_of=CUT_OFF + 2 * DAY)

    assert before.turns == ()
    assert before.bucket != Bucket.CLOSED
    assert (after.turns[0].kind, after.turns[0].occurred_at) == (TurnKind.CLOSED, MONDAY + DAY)
    assert after.bucket == Bucket.CLOSED


def test_what_happened_at_the_cut_off_belongs_to_the_next_period(
    study_site: StudySite, coordinator: User
) -> None:
    make_lead(study_site, received_at=CUT_OFF)
    lead = make_lead(study_site)
    close(lead, coordinator, CUT_OFF, CloseCode.PT_NOT_INTERESTED)

    (facts,) = known(study_site, as_of=CUT_OFF + HOUR)

    assert facts.bucket != Bucket.CLOSED
    assert facts.turns[0].occurred_at == CUT_OFF


def test_a_lead_that_rests_too_long_is_stale_without_any_flag(study_site: StudySite) -> None:
    make_lead(study_site)

    (facts,) = known(study_site)

    assert facts.bucket == Bucket.STALE


def test_a_voided_entry_counts_for_nothing(study_site: StudySite, coordinator: User) -> None:
    lead = make_lead(study_site)
    close(lead, coordinator, MONDAY + DAY, CloseCode.PT_NOT_INTERESTED)
    reopen(lead, coordinator, MONDAY + 2 * DAY)
    wrong = lead.events.get(kind=EventKind.STAGE_CHANGED, from_stage="closed_other")
    LeadEvent.objects.create(
        lead=lead,
        seq=lead.events.count() + 1,
        study_site=study_site,
        kind=EventKind.VOIDED,
        occurred_at=MONDAY + 3 * DAY,
        recorded_at=MONDAY + 3 * DAY,
        actor=coordinator,
        action_id=wrong.action_id,
        voids=wrong,
    )

    (facts,) = known(study_site)
    (earlier,) = known(study_site, as_of=MONDAY + 2 * DAY)

    assert [turn.kind for turn in facts.turns] == [TurnKind.CLOSED]
    assert facts.bucket == Bucket.CLOSED
    assert [turn.kind for turn in earlier.turns] == [TurnKind.CLOSED, TurnKind.REOPENED]


def test_s52_an_unreached_close_is_slow_follow_up_unless_the_cadence_was_full_and_timely(
    study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    hasty, full, late = (make_lead(study_site) for _ in range(3))
    attempt(hasty, coordinator, MONDAY + HOUR, ContactResult.NO_ANSWER)
    for lead, first in ((full, HOUR), (late, 2 * DAY)):
        for i in range(5):
            attempt(lead, coordinator, MONDAY + first + i * DAY, ContactResult.NO_ANSWER)
    for lead in (hasty, full, late):
        close_lead(
            lead=lead,
            code=CloseCode.CONTACT_UNREACHED,
            by=site_lead,
            at=MONDAY + 6 * DAY + 5 * HOUR,
            seen=None,
            override="The study closes here.",
        )

    slow = [facts.turns[0].slow_first_response for facts in known(study_site)]

    assert slow == [True, False, True]


def test_reading_ten_leads_takes_as_many_statements_as_reading_one(
    study_site: StudySite, coordinator: User, count_queries: Callable[..., int]
) -> None:
    source = SourceFactory(study=study_site.study)
    some_leads(study_site, coordinator, source, at=MONDAY, n=1)
    known(study_site)
    one = count_queries(known, study_site)

    some_leads(study_site, coordinator, source, at=MONDAY + DAY, n=9)

    assert count_queries(known, study_site) == one == 8


def test_another_site_and_another_study_are_not_read(study_site: StudySite, outsider: User) -> None:
    elsewhere = StudySite.objects.exclude(pk=study_site.pk).get()
    make_lead(elsewhere)

    assert known(study_site) == ()


def test_a_log_read_once_tells_each_moment_what_was_known_then(
    study_site: StudySite, coordinator: User
) -> None:
    lead = make_lead(study_site)
    close(lead, coordinator, MONDAY + DAY, CloseCode.BURDEN_TRAVEL, told=MONDAY + 3 * DAY)
    reopen(lead, coordinator, MONDAY + 5 * DAY)
    log = read_log(study_site, until=CUT_OFF + WEEK)

    for days in range(8):
        at = MONDAY + days * DAY + HOUR
        assert log.leads_known_at(cut_off=at, as_of=at) == known(study_site, cut_off=at)

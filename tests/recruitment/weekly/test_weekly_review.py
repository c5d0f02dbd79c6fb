"""The weekly review from its opening to its end (W1-W5, W9, D34)."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from accounts.models import User
from recruitment.models import (
    AgendaItem,
    AgendaLead,
    Lead,
    LeadEvent,
    Role,
    StudySite,
    WeeklyReview,
)
from recruitment.rules.events import EventKind
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.weekly.codes import ItemKind, ReviewState
from recruitment.services.blockers import resolve_blocker
from recruitment.services.log import change
from recruitment.services.weekly_reviews import (
    complete_review,
    correct_review,
)
from tests.factories.recruitment import MONDAY, make_lead, make_member
from tests.recruitment.weekly.held import (
    HOUR,
    OPENED,
    WEEK,
    act,
    blocked_leads,
    end,
    end_all,
    held_open,
    item_of,
)

K = ItemKind


def test_scenario_60_a_blocker_on_four_leads_is_an_item_with_its_leads(
    review: WeeklyReview, leads: list[Lead]
) -> None:
    item = item_of(review, K.REPEATED_BLOCKER)

    assert (item.code, item.value, item.lane) == ("missing_records", 4, "records")
    assert {row.lead for row in item.leads.all()} == set(leads)


def test_scenario_55_the_numbers_are_those_of_the_opening(
    review: WeeklyReview, leads: list[Lead], coordinator: User
) -> None:
    before = list(AgendaItem.objects.values_list("kind", "value"))
    listed = list(AgendaLead.objects.values_list("lead", "blocker", "due_at"))
    for lead in leads:
        (blocker,) = lead.blockers.all()
        resolve_blocker(
            blocker=blocker, by=coordinator, at=OPENED + HOUR, seen=lead.version, resolution="Came."
        )

    again = held_open(review.items.get().study_site, coordinator, OPENED + 2 * HOUR)

    assert again == review
    assert again.opened_at == OPENED
    assert list(AgendaItem.objects.values_list("kind", "value")) == before
    assert list(AgendaLead.objects.values_list("lead", "blocker", "due_at")) == listed


def test_scenario_56_a_review_is_not_completed_while_an_item_is_open(
    review: WeeklyReview, site_lead: User
) -> None:
    with pytest.raises(InvalidInput, match=r"owner and a date.*Open: 1\."):
        complete_review(review=review, by=site_lead, at=OPENED)

    review.refresh_from_db()
    assert review.state == ReviewState.IN_PROGRESS
    with pytest.raises(IntegrityError, match="items that have not ended"), transaction.atomic():
        WeeklyReview.objects.filter(pk=review.pk).update(
            state="completed", completed_at=OPENED, completed_by=site_lead
        )


def test_a_completed_review_takes_no_change_and_corrections_stand_beside_it(
    review: WeeklyReview, coordinator: User, site_lead: User
) -> None:
    item = item_of(review, K.REPEATED_BLOCKER)
    with pytest.raises(InvalidInput, match="not completed"):
        correct_review(review=review, words="Wrong.", by=site_lead, at=OPENED)
    end_all(review, site_lead)

    with pytest.raises(Refusal, match="completed"):
        end(item, act(item, coordinator), site_lead)
    with pytest.raises(IntegrityError, match="is completed"), transaction.atomic():
        AgendaItem.objects.filter(pk=item.pk).update(words="Another.")
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        WeeklyReview.objects.filter(pk=review.pk).update(rest=5)
    row = correct_review(review=review, words="It was Tom.", by=site_lead, at=OPENED + HOUR)
    assert list(review.corrections.all()) == [row]


def test_scenario_32_an_override_is_an_item_that_names_who_let_it_pass(
    study_site: StudySite, site_lead: User
) -> None:
    lead = make_lead(study_site)
    with change(lead, by=site_lead, at=MONDAY + HOUR / 2, seen=None) as work:
        work.add(
            EventKind.GATE_OVERRIDDEN, code="scheduling", reason_code="records", note="She came."
        )
    assert LeadEvent.objects.filter(kind=EventKind.GATE_OVERRIDDEN).exists()

    item = item_of(held_open(study_site, site_lead), K.OVERRIDE)

    assert (item.subject, item.value) == (site_lead, 1)


def test_the_statements_of_an_opening_do_not_depend_on_the_leads(
    study_site: StudySite, coordinator: User, site_lead: User, count_queries: Callable[..., int]
) -> None:
    make_member(Role.SITE_LEAD, study_site.site)
    blocked_leads(study_site, coordinator, 3)
    few = count_queries(held_open, study_site, site_lead)
    end_all(WeeklyReview.objects.get(), site_lead)
    for n in range(12):
        make_lead(study_site, owner=coordinator, received_at=MONDAY + WEEK - n * HOUR)
    many = count_queries(held_open, study_site, site_lead, OPENED + WEEK)

    assert many <= few + 2  # what the first one has not: the last review, and its skipped weeks

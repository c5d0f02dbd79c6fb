"""What the papers of a weekly review hold, and whose names may stand on them (W9, W12)."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from recruitment.models import Lead, Role, SiteOnlyCopy, StudySite, WeeklyReview
from recruitment.queries.weekly_paper import paper_of
from recruitment.rules.weekly.codes import ItemKind
from recruitment.services.weekly_papers import note_copy
from recruitment.services.weekly_reviews import open_review
from tests.factories.recruitment import StudySiteFactory, make_member
from tests.recruitment.weekly.held import OPENED, WEEK, act, blocked_leads, end, end_all, item_of
from trialsnest.lib import shield

Count = Callable[..., int]


def test_a_paper_lists_the_leads_as_they_were_frozen_and_what_an_action_is_about(
    review: WeeklyReview, leads: list[Lead], coordinator: User, site_lead: User
) -> None:
    item = item_of(review, ItemKind.REPEATED_BLOCKER)
    keys = [lead.pk for lead in leads[:2]]
    end(item, act(item, coordinator, leads=keys, done_when="unblocked"), site_lead)
    end_all(review, site_lead)
    review.refresh_from_db()

    paper = paper_of(review)

    (action,) = paper.actions
    assert list(action.about) == [lead.number for lead in leads[:2]]
    assert {one.row.lead.number for one in action.leads} == {lead.number for lead in leads}
    assert not paper.is_draft
    assert (paper.accepted, paper.closed) == ([], [])


def test_without_being_asked_no_name_is_read(review: WeeklyReview, leads: list[Lead]) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        paper = paper_of(review)

    assert {one.name for item in paper.items for one in item.leads} == {""}
    assert not any("last_name" in query["sql"] for query in asked.captured_queries)


def test_a_site_only_copy_names_the_leads_the_reader_may_see_and_no_others(
    study_site: StudySite, site_lead: User, coordinator: User, leads: list[Lead]
) -> None:
    other = StudySiteFactory(site=study_site.site)
    elsewhere = make_member(Role.COORDINATOR, other)
    blocked_leads(other, elsewhere)
    review = open_review(
        site=study_site.site, places=[study_site, other], study_site=None, by=site_lead, at=OPENED
    )

    paper = paper_of(review, names_for=site_lead)

    shown = {one.row.lead_id: one.name for item in paper.items for one in item.leads}
    own = {lead.pk: lead.person.display_name for lead in leads}
    assert {key: name for key, name in shown.items() if name} == own
    assert set(shown) - set(own)


def test_behind_the_shield_a_name_is_its_number(
    review: WeeklyReview, leads: list[Lead], site_lead: User
) -> None:
    with shield.raised(lambda: True):
        paper = paper_of(review, names_for=site_lead)

    names = {one.name for item in paper.items for one in item.leads}
    assert not names & {lead.person.display_name for lead in leads}


def test_a_paper_costs_the_same_for_few_leads_and_for_many(
    study_site: StudySite, site_lead: User, coordinator: User, count_queries: Count
) -> None:
    blocked_leads(study_site, coordinator, 3)
    few = open_review(
        site=study_site.site, places=[study_site], study_site=None, by=site_lead, at=OPENED
    )
    cost = count_queries(paper_of, few, names_for=site_lead)
    blocked_leads(study_site, coordinator, 9)
    many = open_review(
        site=study_site.site, places=[study_site], study_site=None, by=site_lead, at=OPENED + WEEK
    )

    assert count_queries(paper_of, many, names_for=site_lead) == cost <= 12


def test_a_copy_with_names_is_noted_for_good(review: WeeklyReview, site_lead: User) -> None:
    copy = note_copy(review=review, size="a4", by=site_lead, at=OPENED)

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        SiteOnlyCopy.objects.filter(pk=copy.pk).delete()
    with pytest.raises(IntegrityError, match="site_only_copy_size_is_known"), transaction.atomic():
        note_copy(review=review, size="poster", by=site_lead, at=OPENED)


@pytest.mark.parametrize(("weekday", "at"), [(1, None), (None, dt.time(10)), (9, dt.time(10))])
def test_a_site_has_a_weekday_and_a_time_for_its_review_or_neither(
    study_site: StudySite, weekday: int | None, at: dt.time | None
) -> None:
    site = study_site.site
    site.review_weekday, site.review_at = weekday, at

    with pytest.raises(IntegrityError, match="site_review_time_is_whole"), transaction.atomic():
        site.save()

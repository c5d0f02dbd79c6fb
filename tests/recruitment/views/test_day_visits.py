"""Visits of today: whose, what is missing, and the result in one form (G6)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, ReadinessItem, Role, StudySite, StudyStaff, Visit
from recruitment.queries.day_visits import DayVisits, day_visits
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import VisitResult
from recruitment.rules.work_codes import ReadinessItemCode, ReadinessState
from recruitment.services.visits import confirm_visit
from tests.factories.recruitment import StudyStaffFactory, make_lead, make_member
from tests.factories.stages import bring_to

SignIn = Callable[[User], Client]


def booked(study_site: StudySite, owner: User, by: User) -> Lead:
    """A lead with a visit a week after it came in, now."""
    lead = make_lead(study_site, owner=owner)
    bring_to(Stage.SCHEDULED, lead, by)
    lead.refresh_from_db()
    return lead


def visit_of(lead: Lead) -> Visit:
    return Visit.objects.get(lead=lead)


def read(study_site: StudySite, lead: Lead, *, before: timedelta, **values: User) -> DayVisits:
    """The day as it is so long before the lead's visit."""
    return day_visits([study_site], now=visit_of(lead).starts_at - before, **values)


def numbers(rows: object) -> list[str]:
    return [row.lead.number for row in rows]  # type: ignore[attr-defined]


def test_a_visit_is_ahead_on_its_day_past_after_it_and_not_shown_before(
    study_site: StudySite, coordinator: User
) -> None:
    lead = booked(study_site, coordinator, coordinator)
    hour, day = timedelta(hours=1), timedelta(days=1)

    ahead = read(study_site, lead, before=hour)
    assert (numbers(ahead.ahead), numbers(ahead.past)) == ([lead.number], [])
    past = read(study_site, lead, before=-3 * day)
    assert (numbers(past.ahead), numbers(past.past)) == ([], [lead.number])
    early = read(study_site, lead, before=2 * day)
    assert numbers([*early.ahead, *early.past]) == []


def test_mine_are_mine_and_the_teams_are_all(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    other = make_member(Role.COORDINATOR, study_site)
    mine, theirs = (booked(study_site, user, user) for user in (coordinator, other))
    hour = timedelta(hours=1)

    assert numbers(read(study_site, mine, before=hour, owner=coordinator).ahead) == [mine.number]
    assert set(numbers(read(study_site, mine, before=hour).ahead)) == {mine.number, theirs.number}


def test_what_is_missing_is_named_and_what_is_clear_is_not(
    study_site: StudySite, coordinator: User
) -> None:
    lead = booked(study_site, coordinator, coordinator)
    hour = timedelta(hours=1)
    before = read(study_site, lead, before=hour)
    assert before.unconfirmed == 1
    assert "Preparation not sent" not in before.ahead[0].missing

    ReadinessItem.objects.filter(lead=lead, code=ReadinessItemCode.PREPARATION).update(
        state=ReadinessState.NOT_CLEAR
    )
    confirm_visit(
        lead=lead, by=coordinator, at=visit_of(lead).starts_at - 2 * hour, seen=lead.version
    )
    after = read(study_site, lead, before=hour)

    assert after.unconfirmed == 0
    assert "Preparation not sent" in after.ahead[0].missing


def test_the_result_is_recorded_from_the_page_and_the_page_comes_back(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    decider = StudyStaffFactory(study_site=study_site)
    StudyStaff.objects.exclude(pk=decider.pk).delete()
    lead = booked(study_site, coordinator, coordinator)  # its visit is long past by now
    client, url = as_user(coordinator), reverse("visits_today")
    page = client.get(url)
    assert numbers(page.context["visits"].past) == [lead.number]
    assert str(decider) in page.content.decode()

    sent = client.post(
        reverse("lead_visit_end", args=[lead.number]),
        {
            "seen": lead.version,
            "back": "visits_today",
            "due": "proposed",
            "result": VisitResult.ATTENDED,
            "decided_by": str(decider.pk),
        },
    )

    assert (sent.status_code, sent["Location"]) == (302, url)
    assert visit_of(lead).result == VisitResult.ATTENDED
    after = client.get(url).context["visits"]
    assert (numbers(after.past), numbers(after.done)) == ([], [])


def test_only_a_site_lead_looks_at_the_teams(
    study_site: StudySite, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    other = make_member(Role.COORDINATOR, study_site)
    booked(study_site, other, other)
    url = reverse("visits_today") + "?whose=team"

    assert numbers(as_user(coordinator).get(url).context["visits"].past) == []
    assert len(as_user(site_lead).get(url).context["visits"].past) == 1


def test_the_day_takes_the_same_statements_for_one_visit_and_for_many(
    study_site: StudySite, coordinator: User, count_queries: Callable[..., int]
) -> None:
    now = timezone.now()
    booked(study_site, coordinator, coordinator)
    few = count_queries(day_visits, [study_site], now=now)
    for _ in range(3):
        booked(study_site, coordinator, coordinator)

    assert count_queries(day_visits, [study_site], now=now) == few == 5


@pytest.mark.parametrize("hidden", ["result", "seen"])
def test_a_form_that_lacks_something_comes_back_with_what_is_missing(
    hidden: str, study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    lead = booked(study_site, coordinator, coordinator)
    values = {"seen": lead.version, "due": "proposed", "result": "no_show", "back": "visits_today"}
    del values[hidden]

    page = as_user(coordinator).post(reverse("lead_visit_end", args=[lead.number]), values)

    assert page.status_code == 422
    assert visit_of(lead).result == ""

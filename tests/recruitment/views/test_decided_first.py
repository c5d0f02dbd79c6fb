"""A colleague decided on the review first: what she decided is shown, and mine is kept."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recruitment.models import StudySite
from tests.factories.recruitment import StudyStaffFactory
from tests.recruitment.views.lead_steps import words_of
from tests.recruitment.views.test_review_tray import asked

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("hers", ["proceed", "not_proceeding"])
def test_who_comes_second_is_shown_the_decision_and_keeps_her_own(
    hers: str,
    study_site: StudySite,
    coordinator: User,
    reviewer: User,
    as_user: Callable[[User], Client],
) -> None:
    lead = asked(study_site, coordinator)
    decider = StudyStaffFactory(study_site=study_site, user=reviewer)
    url = reverse("review_decide", args=[lead.number])
    usual = {"seen": lead.version, "decided_by": decider.pk, "due": "proposed"}
    closes = {"to": "not_qualified", "reason": "crit_medication"}
    first = usual | {"decision": hers} | (closes if hers == "not_proceeding" else {})
    assert as_user(reviewer).post(url, first).status_code == 302
    second = as_user(coordinator)

    # What she chose may not be offered any more, now that the lead stands elsewhere.
    answer = second.post(url, usual | {"decision": "more_needed", "detail": "Ask for the scan"})

    assert answer.status_code == 409
    said, page = words_of(answer), answer.content.decode()
    assert f"{reviewer.name} was first" in said
    assert "This review is decided already" in said
    label = {"proceed": "roceed", "not_proceeding": "ot proceed"}[hers]
    assert label in said.partition("This review is decided already")[2]
    assert f"recorded by {reviewer.name}" in said
    assert "Ask for the scan" in page
    assert 'value="more_needed"' in page
    box = page.split('value="more_needed"')[1].split(">")[0]
    assert "checked" in box
    lead.refresh_from_db()
    assert f'name="seen" value="{lead.version}"' in page
    assert lead.reviews.get().decision == hers

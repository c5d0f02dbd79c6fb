"""The stale limits of a study: set together, looked at before, refused in a sentence (6.1)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, StageSetting, Study, StudySite
from recruitment.queries.stale_limits import versions_by_stage
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from recruitment.services.calendars import read_rest_days
from recruitment.services.settings import SettingMoved
from recruitment.services.stale_limits import Look, look_at_limits, set_stale_limits
from tests.factories.recruitment import MONDAY, make_lead
from tests.factories.stages import bring_to

DAY = timedelta(days=1)
LATER = MONDAY + 3 * DAY  # Thursday: a new inquiry of Monday is stale since Wednesday
NEW = Stage.NEW_INQUIRY


@pytest.fixture
def study(study_site: StudySite) -> Study:
    return study_site.study


@pytest.fixture
def lead(study_site: StudySite) -> Lead:
    return make_lead(study_site)


def test_a_look_counts_who_would_turn_stale_and_who_would_not_be_any_more(
    study: Study, lead: Lead
) -> None:
    before = lead.stale_at

    assert look_at_limits(study, {NEW: 4}, at=LATER) == {NEW: Look(1, 1, 0, 1)}
    assert look_at_limits(study, {NEW: 1}, at=MONDAY + DAY) == {NEW: Look(1, 0, 1, 0)}
    assert look_at_limits(study, {NEW: None}, at=LATER) == {NEW: Look(1, 1, 0, 0)}
    lead.refresh_from_db()
    assert lead.stale_at == before
    assert not StageSetting.objects.exists()


def test_limits_are_set_together_and_count_at_once(
    study: Study, lead: Lead, administrator: User
) -> None:
    limits = {NEW: 4, Stage.CONTACTED: 7}
    seen = versions_by_stage(study)

    set_ = set_stale_limits(study=study, limits=limits, seen=seen, by=administrator, at=LATER)

    assert set_ == 2
    assert {stage: read_rest_days(study.pk)[stage] for stage in limits} == limits
    lead.refresh_from_db()
    assert lead.stale_at == MONDAY + 4 * DAY


def test_the_screening_window_is_the_studys_own_and_counts_every_day(
    study: Study, lead: Lead, site_lead: User, administrator: User
) -> None:
    screened = bring_to(Stage.SCREENED, lead, site_lead).lead
    visited, seen = screened.stage_entered_at, versions_by_stage(study)
    assert screened.stale_at == visited + 28 * DAY

    look = look_at_limits(study, {Stage.SCREENED: 42}, at=visited + 30 * DAY)
    set_stale_limits(
        study=study,
        limits={Stage.SCREENED: 42},
        seen=seen,
        by=administrator,
        at=visited + 30 * DAY,
    )

    assert look == {Stage.SCREENED: Look(1, 1, 0, 1)}
    lead.refresh_from_db()
    assert lead.stale_at == visited + 42 * DAY


@pytest.mark.parametrize("days", [0, -1, 61])
def test_a_limit_that_cannot_be_is_refused_and_no_other_is_set(
    study: Study, administrator: User, days: int
) -> None:
    limits = {Stage.CONTACTED: 7, NEW: days}

    with pytest.raises(InvalidInput) as refusal:
        set_stale_limits(
            study=study,
            limits=limits,
            seen=versions_by_stage(study),
            by=administrator,
            at=LATER,
        )

    assert refusal.value.field == NEW
    assert not StageSetting.objects.exists()


def test_a_stage_with_a_window_of_its_own_has_no_limit(study: Study, administrator: User) -> None:
    with pytest.raises(InvalidInput, match="No response has no limit in days"):
        set_stale_limits(
            study=study,
            limits={Stage.NO_RESPONSE: 3},
            seen=versions_by_stage(study),
            by=administrator,
            at=LATER,
        )


def test_a_page_older_than_a_change_is_refused(study: Study, administrator: User) -> None:
    seen = versions_by_stage(study)
    set_stale_limits(study=study, limits={NEW: 4}, seen=seen, by=administrator, at=LATER)

    with pytest.raises(SettingMoved, match=administrator.name):
        set_stale_limits(study=study, limits={NEW: 5}, seen=seen, by=administrator, at=LATER)


def test_the_page_shows_the_limits_looks_and_saves(
    study: Study,
    lead: Lead,
    administrator: User,
    as_user: Callable[[User], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: LATER)
    client = as_user(administrator)
    url = f"/setup/studies/{study.pk}/stale-limits/"
    page = client.get(url)
    form = page.context["form"]
    sent = {name: form[name].value() or "" for name in form.fields}
    sent |= {name: 0 for name in form.fields if name.startswith("seen_")}

    assert "it never implies that a person will be screened" in page.content.decode()
    looked = client.post(url, sent | {NEW: 4, "look": "yes"}).content.decode()
    assert "1 lead would not be stale any more." in looked
    bad = client.post(url, sent | {NEW: 0, "look": "yes"}, headers={"HX-Request": "true"})
    assert "from 1 to 60" in bad.content.decode()
    assert client.post(url, sent | {NEW: 99}).status_code == 422
    assert not StageSetting.objects.exists()
    assert client.post(url, sent | {NEW: 4}).status_code == 302
    assert client.post(url, sent | {NEW: 5}).status_code == 409
    assert read_rest_days(study.pk)[NEW] == 4

"""A study's own words for its stages: versions, refusals, hidden stages, rest days (LB1-LB5)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from recruitment.models import Lead, StageSetting, Study, StudySite, stage_words
from recruitment.queries.projection import differences
from recruitment.queries.stage_labels import label_of, version_of, words_history
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import IllegalMove, InvalidInput
from recruitment.rules.stage_words import HIDEABLE, RESTING, SameAction, words_of
from recruitment.rules.stages import ACTION_TEXT, Stage
from recruitment.rules.vocabulary import ActionType
from recruitment.services.database_roles import readable_columns
from recruitment.services.moves import move_lead
from recruitment.services.settings import SettingMoved
from recruitment.services.stage_settings import set_stage_words
from tests.factories.recruitment import MONDAY, StudyFactory, StudyStaffFactory, make_lead


@pytest.fixture
def study(study_site: StudySite) -> Study:
    return study_site.study


def say(study: Study, stage: Stage, by: User, *, seen: int | None = None, **words: Any) -> bool:
    confirmed = words.pop("confirmed", False)
    return set_stage_words(
        study=study,
        said=replace(stage_words(study)[stage], **words),
        by=by,
        at=words.get("at", MONDAY),
        seen=version_of(study, stage) if seen is None else seen,
        confirmed=confirmed,
    )


def move(lead: Lead, to: Stage, by: User) -> None:
    lead.refresh_from_db()
    plan = Plan(ActionType.CALL, MONDAY + timedelta(days=1, hours=1))
    at = MONDAY + timedelta(hours=1)
    move_lead(lead=lead, to=to, by=by, at=at, seen=lead.version, plan=plan)


def test_a_study_without_its_own_words_has_the_usual_ones(study: Study) -> None:
    assert stage_words(study) == {stage: words_of(stage) for stage in Stage}
    assert {words_of(stage).action_text for stage in Stage} == set(ACTION_TEXT.values())


def test_a_change_adds_the_next_version_and_keeps_the_one_before(
    study: Study, administrator: User
) -> None:
    other = StudyFactory()

    say(study, Stage.CONTACTED, administrator, label="In conversation", short_label="")
    say(study, Stage.CONTACTED, administrator, label="In touch", short_label="")
    again = say(study, Stage.CONTACTED, administrator, label="In touch", short_label="")

    rows = StageSetting.objects.filter(study=study).order_by("version")
    assert [(row.version, row.label) for row in rows] == [(1, "In conversation"), (2, "In touch")]
    assert again is False
    assert label_of(study, Stage.CONTACTED) == "In touch"
    assert label_of(other, Stage.CONTACTED) == "Contacted"
    assert study.settings_version == 3
    assert [(change.what, change.old, change.new) for change in words_history(study)] == [
        ("Contacted, label", "In conversation", "In touch"),
        ("Contacted, label", "Contacted", "In conversation"),
    ]


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"label": "Eligible"}, "label"),
        ({"short_label": "Qualified"}, "short_label"),
        ({"action_text": "Tell her that she is approved."}, "action_text"),
        ({"help_text": "For people who matched."}, "help_text"),
        ({"label": ""}, "label"),
        ({"label": "\u200b\x07 "}, "label"),
        ({"label": "x" * 41, "short_label": "x"}, "label"),
        ({"label": "x" * 30, "short_label": ""}, "short_label"),
        ({"short_label": "x" * 25}, "short_label"),
        ({"action_text": "x" * 301}, "action_text"),
        ({"help_text": "x" * 301}, "help_text"),
        ({"action_text": " "}, "action_text"),
        ({"label": "Scheduled"}, "label"),
        ({"label": "At the clinic", "short_label": "SCREENED"}, "short_label"),
        ({"rest_days": 0}, "rest_days"),
        ({"rest_days": 61}, "rest_days"),
        ({"is_hidden": True}, "is_hidden"),
    ],
)
def test_words_that_may_not_stand_are_refused_with_the_field_and_nothing_is_written(
    study: Study, administrator: User, words: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        say(study, Stage.CONTACTED, administrator, **words)

    assert refusal.value.field == field
    assert not StageSetting.objects.exists()
    assert Study.objects.get(pk=study.pk).settings_version == 1


@pytest.mark.parametrize("field", ["label", "short_label"])
@pytest.mark.parametrize("words", ["With Dr. Who", "Priya Raman calls", "Ask Quillfeather"])
def test_sponsors_read_no_persons_name_in_a_label(
    study: Study, administrator: User, coordinator: User, field: str, words: str
) -> None:
    StudyStaffFactory(name="Ines Quillfeather")

    with pytest.raises(InvalidInput, match="names no person") as refusal:
        say(study, Stage.CONTACTED, administrator, **{field: words})

    assert refusal.value.field == field
    assert not StageSetting.objects.exists()


def test_reports_do_not_read_what_staff_are_told_about_a_stage() -> None:
    assert {"label", "short_label"} <= set(readable_columns(StageSetting))
    assert not {"help_text", "action_text"} & set(readable_columns(StageSetting))


@pytest.mark.parametrize("stage", sorted(set(Stage) - RESTING))
def test_rest_days_are_refused_where_a_stage_has_its_own_window(
    study: Study, administrator: User, stage: Stage
) -> None:
    with pytest.raises(InvalidInput, match="business days") as refusal:
        say(study, stage, administrator, rest_days=3)

    assert refusal.value.field == "rest_days"


def test_not_qualified_may_keep_its_name_and_be_called_not_proceeding(
    study: Study, administrator: User
) -> None:
    say(study, Stage.NOT_QUALIFIED, administrator, help_text="Decided by the study team.")
    say(study, Stage.NOT_QUALIFIED, administrator, label="Not proceeding", short_label="")

    assert label_of(study, Stage.NOT_QUALIFIED) == "Not proceeding"


def test_lb2_the_same_action_for_two_visible_stages_must_be_meant(
    study: Study, administrator: User
) -> None:
    same = ACTION_TEXT[Stage.CONTACTED].upper()

    with pytest.raises(SameAction, match=r"Does this change an action\?.*“Contacted”"):
        say(study, Stage.COORDINATOR_REVIEW, administrator, action_text=same)
    say(study, Stage.COORDINATOR_REVIEW, administrator, action_text=same, confirmed=True)

    assert stage_words(study)[Stage.COORDINATOR_REVIEW].action_text == same


def test_a_hidden_stage_asks_for_no_action_of_its_own(study: Study, administrator: User) -> None:
    same = ACTION_TEXT[Stage.CONTACTED]

    say(study, Stage.RECORDS_NEEDED, administrator, action_text=same, is_hidden=True)

    assert stage_words(study)[Stage.RECORDS_NEEDED].is_hidden


@pytest.mark.parametrize("stage", list(Stage))
def test_only_stages_that_the_flow_does_not_use_can_be_hidden(
    study: Study, administrator: User, stage: Stage
) -> None:
    if stage in HIDEABLE:
        assert say(study, stage, administrator, is_hidden=True)
        return
    with pytest.raises(InvalidInput, match=r"cannot be hidden.*Awaiting prescreen, Records needed"):
        say(study, stage, administrator, is_hidden=True)


def test_lb4_hiding_a_stage_that_holds_leads_is_refused_with_their_number(
    study: Study, study_site: StudySite, administrator: User, coordinator: User
) -> None:
    leads = [make_lead(study_site), make_lead(study_site)]
    make_lead()
    for lead in leads:
        move(lead, Stage.AWAITING_PRESCREEN, coordinator)

    with pytest.raises(InvalidInput, match="2 leads stand in Awaiting prescreen") as refusal:
        say(study, Stage.AWAITING_PRESCREEN, administrator, is_hidden=True)

    assert refusal.value.field == "is_hidden"
    move(leads[0], Stage.CONTACTED, coordinator)
    with pytest.raises(InvalidInput, match="1 lead stands in Awaiting prescreen"):
        say(study, Stage.AWAITING_PRESCREEN, administrator, is_hidden=True)


def test_lb4_a_hidden_stage_may_be_left_but_not_entered(
    study: Study, study_site: StudySite, administrator: User, coordinator: User
) -> None:
    held = make_lead(study_site)
    move(held, Stage.AWAITING_PRESCREEN, coordinator)
    StageSetting.objects.create(  # as if both had happened at once
        study=study,
        code=Stage.AWAITING_PRESCREEN,
        version=1,
        label="Prescreen",
        is_hidden=True,
        set_at=MONDAY,
    )
    Study.objects.filter(pk=study.pk).update(settings_version=9)
    fresh = make_lead(StudySite.objects.get(pk=study_site.pk))

    with pytest.raises(IllegalMove) as refusal:
        move(fresh, Stage.AWAITING_PRESCREEN, coordinator)
    held = Lead.objects.get(pk=held.pk)
    move(held, Stage.CONTACTED, coordinator)

    assert str(refusal.value) == (
        "New inquiry cannot become Prescreen. This study does not use that stage."
        " Allowed from here: Coordinator review, Contacted, No response, Closed."
    )
    held.refresh_from_db()
    assert held.stage == Stage.CONTACTED


def test_refusals_of_moves_name_stages_as_the_study_does(
    study: Study, study_site: StudySite, administrator: User, coordinator: User
) -> None:
    say(study, Stage.CONTACTED, administrator, label="In conversation", short_label="")
    lead = make_lead(study_site)

    with pytest.raises(IllegalMove, match=r"Allowed from here: .*In conversation"):
        move(lead, Stage.SCREENED, coordinator)


def test_whoever_comes_second_is_told_who_was_first(study: Study, administrator: User) -> None:
    say(study, Stage.CONTACTED, administrator, label="In touch", short_label="")

    with pytest.raises(SettingMoved, match=f"{administrator.name} changed this stage"):
        say(study, Stage.CONTACTED, administrator, label="Talking", short_label="", seen=0)
    with pytest.raises(InvalidInput, match="load it again"):
        say(study, Stage.CONTACTED, administrator, label="Talking", short_label="", seen=7)


def test_new_rest_days_count_at_once_for_the_open_leads_of_the_stage(
    study: Study, study_site: StudySite, administrator: User
) -> None:
    lead, elsewhere = make_lead(study_site), make_lead()
    Lead.objects.update(stale_at=None)  # whatever it was

    say(study, Stage.NEW_INQUIRY, administrator, rest_days=10)

    lead.refresh_from_db()
    elsewhere.refresh_from_db()
    assert lead.stale_at is not None
    # Ten business days after Monday 10:00 is the Monday two weeks on.
    assert lead.stale_at.date() == (MONDAY + timedelta(days=14)).date()
    assert elsewhere.stale_at is None
    assert list(differences([lead])) == []

    say(study, Stage.NEW_INQUIRY, administrator, rest_days=None)

    lead.refresh_from_db()
    assert lead.stale_at is not None
    assert lead.stale_at.date() == (MONDAY + timedelta(days=2)).date()


def test_renaming_a_stage_changes_no_lead(
    study: Study, study_site: StudySite, administrator: User
) -> None:
    lead = make_lead(study_site)
    before = Lead.objects.values().get(pk=lead.pk)

    say(study, Stage.NEW_INQUIRY, administrator, label="Just in", short_label="")

    assert Lead.objects.values().get(pk=lead.pk) == before

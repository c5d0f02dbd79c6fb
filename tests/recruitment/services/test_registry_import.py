"""Registry records into studies: made once, updated with a line in the log, never over staff."""

from dataclasses import replace
from datetime import time

import pytest

from accounts.models import User
from recruitment.models import SettingChange, Sponsor, Study
from recruitment.rules.refusals import Refusal
from recruitment.rules.registry import RegistryLocation, RegistryStatus, RegistryStudy
from recruitment.services.registry_import import Result, import_study, preview_study
from tests.factories.recruitment import MONDAY, StudyFactory

PLACE = RegistryLocation("Harbor Clinic", "Boston", "Massachusetts", "02118", "United States", None)
RECORD = RegistryStudy(
    nct_id="NCT00000001",
    brief_title="Walking after a stroke",
    official_title="",
    acronym="",
    status=RegistryStatus.RECRUITING,
    last_known_status=None,
    why_stopped="",
    study_type="INTERVENTIONAL",
    phases=("PHASE2",),
    conditions=("Stroke",),
    enrollment=120,
    enrollment_kind="ESTIMATED",
    sponsor_name="Wren Research",
    sponsor_class="OTHER",
    start=None,
    last_update=None,
    minimum_age="18 Years",
    maximum_age="",
    sex="ALL",
    healthy_volunteers=False,
    summary="",
    criteria="",
    locations=(PLACE, replace(PLACE, facility="", city="Worcester")),
)


@pytest.mark.django_db
def test_a_record_becomes_a_study_with_its_sponsor_and_places() -> None:
    assert preview_study(RECORD) is None

    outcome = import_study(RECORD, by=None, at=MONDAY)

    study = Study.objects.get()
    assert (outcome.result, outcome.study, outcome.changed) == (Result.MADE, study, ())
    assert (study.code, study.nct_id, study.title) == ("NCT00000001",) * 2 + (RECORD.brief_title,)
    assert (study.conditions, study.phases) == (["Stroke"], ["PHASE2"])
    assert (study.registry_status, study.enrollment_target) == ("RECRUITING", 120)
    assert study.sponsor.name == "Wren Research"
    assert [place.city for place in study.locations.all()] == ["Boston", "Worcester"]
    assert list(SettingChange.objects.values_list("field", flat=True)) == ["added"]


@pytest.mark.django_db
def test_the_same_record_again_changes_nothing_not_even_a_title_that_staff_shortened() -> None:
    study = import_study(RECORD, by=None, at=MONDAY, code="WALK").study
    Study.objects.filter(pk=study.pk).update(title="Walking")

    outcome = import_study(replace(RECORD, summary="New words."), by=None, at=MONDAY, code="OTHER")

    study.refresh_from_db()
    assert (outcome.result, study.code, study.title) == (Result.UNCHANGED, "WALK", "Walking")
    assert not SettingChange.objects.exclude(field="added").exists()


@pytest.mark.django_db
def test_a_changed_record_updates_and_says_what_was_and_what_is(administrator: User) -> None:
    study = import_study(RECORD, by=None, at=MONDAY).study
    chosen = {"report_zone": "Europe/Berlin", "small_cell_floor": 11, "plain_words": "Walking"}
    Study.objects.filter(pk=study.pk).update(code="WALK", report_time=time(7), **chosen)
    changed = replace(
        RECORD,
        status=RegistryStatus.SUSPENDED,
        enrollment=None,
        conditions=("Stroke", "Gait"),
        sponsor_name="Finch Research",
        locations=(PLACE,),
    )
    names = ("conditions", "registry_status", "enrollment_target", "sponsor", "locations")
    preview = preview_study(changed)

    outcome = import_study(changed, by=administrator, at=MONDAY)

    study.refresh_from_db()
    assert preview is not None
    assert (
        (outcome.result, outcome.changed)
        == (Result.UPDATED, names)
        == (
            preview.result,
            preview.changed,
        )
    )
    assert (study.registry_status, study.enrollment_target) == ("SUSPENDED", None)
    assert (study.code, study.report_time) == ("WALK", time(7))
    assert {name: getattr(study, name) for name in chosen} == chosen
    rows = SettingChange.objects.filter(kind="study", object_id=study.pk, by=administrator)
    assert {row.field: (row.old, row.new) for row in rows} == {
        "conditions": ("Stroke", "Stroke, Gait"),
        "registry_status": ("Recruiting", "Suspended"),
        "enrollment_target": ("120", ""),
        "sponsor": ("Wren Research", "Finch Research"),
        "locations": ("2 places", "1 place"),
    }
    assert import_study(changed, by=None, at=MONDAY).result is Result.UNCHANGED
    assert Sponsor.objects.count() == 2


@pytest.mark.django_db
def test_a_code_that_another_study_has_is_refused_and_nothing_is_written() -> None:
    StudyFactory(code="WALK")

    with pytest.raises(Refusal, match="NCT00000001: another study has the code WALK"):
        import_study(RECORD, by=None, at=MONDAY, code="WALK")

    assert not Sponsor.objects.filter(name="Wren Research").exists()


@pytest.mark.django_db
def test_a_demo_study_and_its_sponsor_say_so() -> None:
    study = import_study(RECORD, by=None, at=MONDAY, is_demo=True).study

    assert (study.is_demo, study.sponsor.is_demo) == (True, True)

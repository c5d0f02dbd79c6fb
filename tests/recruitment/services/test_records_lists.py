"""A study's usual records, and the words of a record's way (7.2)."""

from collections.abc import Iterator

import pytest

from accounts.models import User
from recruitment.models import Lead, LeadNote, SettingChange, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import RecordsType
from recruitment.services import records
from recruitment.services.records_lists import NamedRecord, set_records_list, usual_records
from recruitment.services.settings import SettingMoved
from tests.factories.recruitment import MONDAY, make_lead
from tests.factories.stages import Steps, bring_to
from tests.recruitment.services.record_steps import LABS, R, take


@pytest.fixture
def steps(study_site: StudySite, site_lead: User) -> Iterator[Steps]:
    """A lead in Records needed with lab results named; a site lead works it."""
    found = bring_to(Stage.RECORDS_NEEDED, make_lead(study_site), site_lead)
    records.name_records(items=[NamedRecord(LABS)], **found.common())  # type: ignore[arg-type]
    yield found
    assert list(differences([found.lead])) == []


def test_the_studys_usual_records_are_named_when_the_lead_comes_to_records_needed(
    study_site: StudySite, coordinator: User, administrator: User
) -> None:
    usual = [
        NamedRecord(LABS, why="So that nothing is measured twice."),
        NamedRecord(RecordsType.IMAGING, is_required=False),
    ]
    set_records_list(study_site.study, usual, by=administrator, at=MONDAY)

    lead = bring_to(Stage.RECORDS_NEEDED, make_lead(study_site), coordinator).lead

    rows = list(lead.records_items.values_list("type", "is_required", "state", "why"))
    assert rows == [
        ("labs", True, "needed", "So that nothing is measured twice."),
        ("imaging", False, "needed", ""),
    ]
    assert list(differences([lead])) == []


def test_every_save_of_the_list_is_a_version_that_tells_who_changed_what(
    study_site: StudySite, administrator: User
) -> None:
    study = study_site.study
    first = set_records_list(study, [NamedRecord(LABS)], by=administrator, at=MONDAY, seen=0)
    same = set_records_list(study, [NamedRecord(LABS)], by=administrator, at=MONDAY, seen=1)
    second = set_records_list(study, [], by=administrator, at=MONDAY, seen=1)

    assert first is not None
    assert second is not None
    assert same is None
    assert (first.version, second.version) == (1, 2)
    assert usual_records(study.pk) == []
    told = SettingChange.objects.filter(field="records_list").order_by("pk")
    assert [(row.old, row.new) for row in told] == [("", "Lab results"), ("Lab results", "")]
    with pytest.raises(SettingMoved):
        set_records_list(study, [NamedRecord(LABS)], by=administrator, at=MONDAY, seen=1)


def test_words_of_the_boundary_and_a_type_named_twice_are_refused(
    study_site: StudySite, administrator: User
) -> None:
    def save(*items: NamedRecord) -> None:
        set_records_list(study_site.study, items, by=administrator, at=MONDAY)

    with pytest.raises(InvalidInput, match="only the study team") as refusal:
        save(NamedRecord(LABS, why="To see whether you are eligible"))
    assert refusal.value.field == "why_labs"
    with pytest.raises(InvalidInput, match="once"):
        save(NamedRecord(LABS), NamedRecord(LABS, is_required=False))


def test_the_words_of_a_records_way_stand_on_its_item_and_never_in_the_log(steps: Steps) -> None:
    take(steps, R.REQUESTED)
    take(steps, R.UNOBTAINABLE)

    assert not LeadNote.objects.filter(event__lead=steps.lead, text__contains="practice").exists()
    codes = steps.lead.events.values_list("code", "reason_code")
    assert all("practice" not in code + reason for code, reason in codes)
    assert Lead.objects.get(pk=steps.lead.pk).version == steps.lead.events.count()

"""Study records: every field that is kept, every refusal as one sentence, nothing in part."""

import json
from contextlib import suppress
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.rules.registry import (
    PartialDate,
    RegistryLocation,
    RegistryStatus,
    UnreadableRecord,
    parse_study,
    read_studies,
)

RECORD: dict[str, Any] = {
    "protocolSection": {
        "identificationModule": {
            "nctId": "NCT00000001",
            "briefTitle": "A study of\tsleep",
            "officialTitle": "A study of sleep in adults",
            "acronym": "SLEEP",
        },
        "statusModule": {
            "overallStatus": "UNKNOWN",
            "lastKnownStatus": "RECRUITING",
            "startDateStruct": {"date": "2008-02"},
            "lastUpdatePostDateStruct": {"date": "2019-11-22", "type": "ACTUAL"},
        },
        "sponsorCollaboratorsModule": {"leadSponsor": {"name": "A clinic", "class": "OTHER"}},
        "descriptionModule": {"briefSummary": "One.\n\nTwo."},
        "conditionsModule": {"conditions": ["Insomnia", "Asthma", "Insomnia"]},
        "designModule": {
            "studyType": "INTERVENTIONAL",
            "phases": ["PHASE2", "PHASE3"],
            "enrollmentInfo": {"count": 120, "type": "ESTIMATED"},
        },
        "eligibilityModule": {
            "eligibilityCriteria": "Inclusion:\n\n* HbA1c \\< 9\n  * at least twice",
            "minimumAge": "18 Years",
            "sex": "ALL",
            "healthyVolunteers": False,
        },
        "contactsLocationsModule": {
            "locations": [
                {"city": "Tucson", "state": "Arizona", "country": "United States"},
                {
                    "facility": "A clinic",
                    "city": "Oslo",
                    "country": "Norway",
                    "status": "COMPLETED",
                },
            ]
        },
    }
}


def changed(path: str, value: object) -> str:
    """RECORD as JSON with one value replaced; a value of ... takes it out."""
    record = deepcopy(RECORD)
    *way, last = path.split(".")
    place = record["protocolSection"]
    for step in way:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return json.dumps(record)


def refusal(raw: bytes | str) -> str:
    with pytest.raises(UnreadableRecord) as caught:
        parse_study(raw)
    return str(caught.value)


def test_a_record_is_read_into_plain_values() -> None:
    study = parse_study(json.dumps(RECORD))

    assert (study.nct_id, study.brief_title) == ("NCT00000001", "A study of sleep")
    assert study.status is RegistryStatus.UNKNOWN
    assert study.last_known_status is RegistryStatus.RECRUITING
    assert study.phases == ("PHASE2", "PHASE3")
    assert study.conditions == ("Insomnia", "Asthma")
    assert (study.enrollment, study.enrollment_kind) == (120, "ESTIMATED")
    assert (study.sponsor_name, study.sponsor_class) == ("A clinic", "OTHER")
    assert (study.minimum_age, study.maximum_age, study.sex) == ("18 Years", "", "ALL")
    assert study.healthy_volunteers is False
    assert study.criteria == "Inclusion:\n\n* HbA1c \\< 9\n  * at least twice"
    assert study.locations == (
        RegistryLocation("", "Tucson", "Arizona", "", "United States", None),
        RegistryLocation("A clinic", "Oslo", "", "", "Norway", RegistryStatus.COMPLETED),
    )


def test_dates_keep_the_precision_of_the_registry() -> None:
    study = parse_study(json.dumps(RECORD))

    assert study.start == PartialDate(2008, 2)
    assert (str(study.start), str(study.last_update)) == ("2008-02", "2019-11-22")
    assert PartialDate(2008).first_day == date(2008, 1, 1)
    assert str(PartialDate(2008)) == "2008"


@pytest.mark.parametrize("status", list(RegistryStatus))
def test_every_status_of_the_registry_is_read_and_has_a_label(status: RegistryStatus) -> None:
    assert parse_study(changed("statusModule.overallStatus", status.value)).status is status
    assert status.label


@pytest.mark.parametrize("word", ["PAUSED", "recruiting", "AVAILABLE", "Recruiting "])
def test_any_other_status_is_refused_by_its_name(word: str) -> None:
    sentence = refusal(changed("statusModule.overallStatus", word))

    assert sentence == f'NCT00000001: the status "{word.strip()}" is not known here.'


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("identificationModule.nctId", ..., "The record has no NCT number (NCT and eight digits)."),
        ("identificationModule.nctId", "NCT1", "The record has no NCT number (NCT and eight dig"),
        (
            "identificationModule.nctId",
            5,
            "protocolSection.identificationModule.nctId must be text",
        ),
        (
            "identificationModule.briefTitle",
            " \u200b",
            "identificationModule.briefTitle is missing",
        ),
        ("identificationModule.briefTitle", "x" * 301, "is 301 characters long; at most 300"),
        ("identificationModule", [], "identificationModule must be an object"),
        ("statusModule.overallStatus", ..., "statusModule.overallStatus is missing"),
        ("statusModule.overallStatus", {"a": 1}, "statusModule.overallStatus must be text"),
        ("statusModule.startDateStruct.date", "Feb 2008", "must be a date like 2019-11-22"),
        ("statusModule.startDateStruct.date", "2008-02-30", "is no date in the calendar"),
        ("statusModule.startDateStruct.date", "0000", "is no date in the calendar"),
        ("designModule.enrollmentInfo.count", "120", "enrollmentInfo.count must be a whole number"),
        ("designModule.enrollmentInfo.count", True, "enrollmentInfo.count must be a whole number"),
        ("designModule.enrollmentInfo.count", 1.5, "enrollmentInfo.count must be a whole number"),
        ("designModule.enrollmentInfo.count", -1, "must lie between 0 and 100000000"),
        ("designModule.enrollmentInfo.count", 10**30, "must lie between 0 and 100000000"),
        ("designModule.phases", "PHASE2", "designModule.phases must be a list"),
        ("designModule.phases", ["PHASE2", 3], "designModule.phases[1] must be text"),
        ("designModule.phases", ["phase two"], "designModule.phases must be one of the registry's"),
        ("conditionsModule.conditions", ["x"] * 501, "holds 501 entries; at most 500 are read"),
        ("eligibilityModule.healthyVolunteers", "no", "healthyVolunteers must be true or false"),
        ("eligibilityModule.eligibilityCriteria", "x" * 50_001, "is 50001 characters long"),
        ("sponsorCollaboratorsModule.leadSponsor", ..., "leadSponsor.name is missing"),
        ("contactsLocationsModule.locations", ["Oslo"], "locations[0] must be an object"),
        (
            "contactsLocationsModule.locations",
            [{"city": "Oslo", "status": "GONE"}],
            'NCT00000001: the status "GONE" is not known here',
        ),
        (
            "contactsLocationsModule.locations",
            [{}, {"city": 3}],
            "contactsLocationsModule.locations[1].city must be text",
        ),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_field(
    path: str, value: object, sentence: str
) -> None:
    assert sentence in refusal(changed(path, value))


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "The file is empty."),
        (b" \n", "The file is empty."),
        (b"\xff\xfe\x00", "The file is not text in UTF-8, so it is no study record."),
        (b"{", "The file is not JSON: line 1, column 2 cannot be read."),
        (b"<html>", "The file is not JSON: line 1, column 1 cannot be read."),
        (b"nct_id,title\n", "The file is not JSON: line 1, column 1 cannot be read."),
        (b"[]", "The file holds no study."),
        (b"{}", "The record is not a ClinicalTrials.gov study: no protocolSection."),
        (b"5", "The record is not a ClinicalTrials.gov study: no protocolSection."),
        (b"NaN", "The record is not a ClinicalTrials.gov study: no protocolSection."),
        (b'{"protocolSection": []}', "The record is not a ClinicalTrials.gov study"),
        (b'{"studies": {}}', "The file is no page of studies: studies must be a list."),
        ("[" * 100_000, "The file is not a study record."),
        ("1" * 5_000, "The file is not a study record."),
    ],
)
def test_a_file_that_is_no_record_is_refused_with_one_sentence(
    raw: bytes | str, sentence: str
) -> None:
    assert sentence in refusal(raw)


def test_text_is_cleaned_of_what_a_database_cannot_hold() -> None:
    record = changed(
        "identificationModule.briefTitle", "Nul\x00 lone\ud800 \u202ebidi\u0007 e\u0301"
    )

    assert parse_study(record).brief_title == "Nul lone bidi \u00e9"


def test_a_byte_order_mark_is_no_obstacle() -> None:
    assert parse_study(b"\xef\xbb\xbf" + json.dumps(RECORD).encode()).nct_id == "NCT00000001"


def test_missing_modules_read_as_nothing_said() -> None:
    record = deepcopy(RECORD)
    for module in ("designModule", "eligibilityModule", "contactsLocationsModule"):
        del record["protocolSection"][module]

    study = parse_study(json.dumps(record))

    assert (study.enrollment, study.phases, study.locations, study.criteria) == (None, (), (), "")


@pytest.mark.parametrize("wrap", [lambda items: items, lambda items: {"studies": items}])
def test_lists_and_pages_keep_the_good_records_and_name_the_bad_ones(wrap: Any) -> None:
    bad = json.loads(changed("statusModule.overallStatus", "PAUSED"))

    file = read_studies(json.dumps(wrap([RECORD, bad, {}])))

    assert [study.nct_id for study in file.studies] == ["NCT00000001"]
    assert file.problems == (
        'NCT00000001: the status "PAUSED" is not known here.',
        "Record 3 is not a ClinicalTrials.gov study: no protocolSection.",
    )


def test_one_study_is_not_guessed_out_of_several() -> None:
    assert refusal(json.dumps([RECORD, RECORD])) == ("One study was expected; the file holds 2.")


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["protocolSection", "identificationModule", "nctId", "studies", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(JSON_VALUES)
def test_no_json_whatever_ends_in_anything_but_a_record_or_a_sentence(value: object) -> None:
    with suppress(UnreadableRecord):
        file = read_studies(json.dumps(value))
        assert all(problem.endswith(".") for problem in file.problems)


@given(st.sampled_from([*RECORD["protocolSection"]]), JSON_VALUES)
def test_no_value_in_place_of_a_module_ends_in_anything_but_a_record_or_a_sentence(
    module: str, value: object
) -> None:
    with suppress(UnreadableRecord):
        assert parse_study(changed(module, value)).nct_id

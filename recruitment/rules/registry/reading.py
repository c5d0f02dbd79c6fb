"""ClinicalTrials.gov API v2 records, from JSON into plain values. All of a record, or nothing."""

import json
import re
from dataclasses import dataclass
from typing import Any

from recruitment.rules.registry.fields import Fields, UnreadableRecord
from recruitment.rules.registry.study import RegistryLocation, RegistryStudy

MAX_BYTES = 50 * 1024 * 1024
MAX_STUDIES = 5_000
_NCT_ID = re.compile(r"NCT\d{8}")
_MOST_LOCATIONS = 5_000  # the largest record of the registry has about 2,500
_MOST_PEOPLE = 100_000_000


@dataclass(frozen=True, slots=True)
class StudyFile:
    """What one file held. `problems` has one sentence per record that was refused."""

    studies: tuple[RegistryStudy, ...]
    problems: tuple[str, ...]


def parse_study(raw: bytes | str) -> RegistryStudy:
    """The one study in `raw`. Raises UnreadableRecord with a sentence; nothing is read in part."""
    records = _records(raw)
    if len(records) != 1:
        raise UnreadableRecord(f"One study was expected; the file holds {len(records)}.")
    return _study(records[0], "The record")


def read_studies(raw: bytes | str) -> StudyFile:
    """Every study in `raw`: one record, a list of them, or a page of the registry's API.

    A record that cannot be read becomes a problem and the rest are kept. Raises UnreadableRecord
    when the file itself cannot be read, or holds no record at all.
    """
    studies: list[RegistryStudy] = []
    problems: list[str] = []
    records = _records(raw)
    for number, record in enumerate(records, 1):
        try:
            studies.append(_study(record, f"Record {number}" if len(records) > 1 else "The record"))
        except UnreadableRecord as refusal:
            problems.append(str(refusal))
    return StudyFile(tuple(studies), tuple(problems))


def _records(raw: bytes | str) -> list[Any]:
    content = _json(raw)
    if isinstance(content, dict) and "protocolSection" not in content and "studies" in content:
        content = content["studies"]
        if not isinstance(content, list):
            raise UnreadableRecord("The file is no page of studies: studies must be a list.")
    records = content if isinstance(content, list) else [content]
    if not records:
        raise UnreadableRecord("The file holds no study.")
    if len(records) > MAX_STUDIES:
        raise UnreadableRecord(
            f"The file holds {len(records)} studies; at most {MAX_STUDIES} are read at once."
        )
    return records


def _json(raw: bytes | str) -> Any:
    if not raw.strip():
        raise UnreadableRecord("The file is empty.")
    if len(raw) > MAX_BYTES:
        raise UnreadableRecord(f"The file is larger than {MAX_BYTES // 1024**2} MB.")
    try:
        text = raw.decode("utf-8-sig") if isinstance(raw, bytes) else raw.removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise UnreadableRecord("The file is not text in UTF-8, so it is no study record.") from None
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise UnreadableRecord(f"The file is not JSON: {where} cannot be read.") from None
    except (RecursionError, ValueError):
        # Nested thousands deep, or a number of thousands of digits.
        raise UnreadableRecord("The file is not a study record.") from None


def _study(record: Any, owner: str) -> RegistryStudy:
    if not isinstance(record, dict) or not isinstance(record.get("protocolSection"), dict):
        raise UnreadableRecord(f"{owner} is not a ClinicalTrials.gov study: no protocolSection.")
    whole = Fields(record["protocolSection"], owner, "protocolSection")
    nct_id = whole.section("identificationModule").line("nctId")
    if not _NCT_ID.fullmatch(nct_id):
        raise UnreadableRecord(f"{owner} has no NCT number (NCT and eight digits).")
    return _fill(nct_id, Fields(record["protocolSection"], nct_id))


def _fill(nct_id: str, protocol: Fields) -> RegistryStudy:
    names = protocol.section("identificationModule")
    states = protocol.section("statusModule")
    design = protocol.section("designModule")
    enrollment = design.section("enrollmentInfo")
    sponsor = protocol.section("sponsorCollaboratorsModule").section("leadSponsor")
    people = protocol.section("eligibilityModule")
    status = states.status("overallStatus")
    if status is None:
        raise UnreadableRecord(f"{nct_id}: statusModule.overallStatus is missing.")
    return RegistryStudy(
        nct_id=nct_id,
        brief_title=names.required_line("briefTitle"),
        official_title=names.line("officialTitle", limit=800),
        acronym=names.line("acronym"),
        status=status,
        last_known_status=states.status("lastKnownStatus"),
        why_stopped=states.line("whyStopped"),
        study_type=design.code("studyType"),
        phases=design.codes("phases", limit=10),
        conditions=protocol.section("conditionsModule").lines("conditions", limit=500),
        enrollment=enrollment.whole_number("count", most=_MOST_PEOPLE),
        enrollment_kind=enrollment.code("type"),
        sponsor_name=sponsor.required_line("name"),
        sponsor_class=sponsor.code("class"),
        start=states.section("startDateStruct").partial_date("date"),
        last_update=states.section("lastUpdatePostDateStruct").partial_date("date"),
        minimum_age=people.line("minimumAge"),
        maximum_age=people.line("maximumAge"),
        sex=people.code("sex"),
        healthy_volunteers=people.yes_or_no("healthyVolunteers"),
        summary=protocol.section("descriptionModule").block("briefSummary"),
        criteria=people.block("eligibilityCriteria"),
        locations=_locations(protocol.section("contactsLocationsModule")),
    )


def _locations(module: Fields) -> tuple[RegistryLocation, ...]:
    """Places in the record's order; contact persons in them are not read (IN4)."""
    return tuple(
        RegistryLocation(
            facility=place.line("facility"),
            city=place.line("city", limit=120),
            state=place.line("state", limit=120),
            postal_code=place.line("zip", limit=40),
            country=place.line("country", limit=120),
            status=place.status("status"),
        )
        for place in module.sections("locations", limit=_MOST_LOCATIONS)
    )

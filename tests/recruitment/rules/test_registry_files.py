"""The study records kept for the demo, and the hundred of the shared folder."""

import csv
from pathlib import Path

import pytest

from recruitment.rules.registry import parse_study
from tests.plugin.needs import SHARED

DEMO = Path(__file__).resolve().parents[3] / "recruitment" / "demo" / "studies"


def test_the_demo_studies_are_eight_with_places_and_without_people() -> None:
    files = sorted(DEMO.glob("*.json"))
    studies = [parse_study(file.read_bytes()) for file in files]

    assert len(studies) == 8
    assert [study.nct_id for study in studies] == [file.stem for file in files]
    assert all(study.locations and study.study_type == "INTERVENTIONAL" for study in studies)
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert not [word for word in ("@", "investigatorFullName", '"contacts"') if word in text]


@pytest.mark.large_data
def test_every_shared_record_is_read_as_its_index_says() -> None:
    folder = SHARED / "data" / "ctgov"
    with (folder / "index.csv").open(encoding="utf-8", newline="") as file:
        index = list(csv.DictReader(file))
    studies = [
        parse_study((folder / "studies" / f"{line['nct_id']}.json").read_bytes()) for line in index
    ]

    assert len(studies) == 100
    for study, line in zip(studies, index, strict=True):
        assert (study.nct_id, study.status.value) == (line["nct_id"], line["overall_status"])
        assert "|".join(study.phases) == line["phases"]
        assert "|".join(study.conditions) == line["conditions"]
        assert (study.sponsor_name, study.sponsor_class) == (
            line["lead_sponsor"],
            line["sponsor_class"],
        )
        assert (study.minimum_age, study.maximum_age) == (line["min_age"], line["max_age"])
        assert (study.study_type, str(study.start)) == (line["study_type"], line["start"])
        assert (study.enrollment, len(study.locations)) == (
            int(line["enrollment"]),
            int(line["n_locations"]),
        )
    places = [place for study in studies for place in study.locations]
    assert (len(places), sum(not place.facility for place in places)) == (301, 42)
    assert all(place.city and place.country for place in places)

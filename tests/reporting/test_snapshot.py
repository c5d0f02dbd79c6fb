"""The frozen form of a report: one text, one hash, and back again."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.figures.report import weekly_report
from reporting.figures.snapshot import (
    SCHEMA,
    UnreadableSnapshot,
    canonical,
    from_document,
    from_json,
    sha256,
    to_document,
    to_json,
)
from tests.reporting.samples import HEADER, sample_inputs

REPORT = weekly_report(sample_inputs())


@given(st.integers(0, 10_000), st.sampled_from([1, 4, 13]), st.booleans(), st.booleans())
@settings(max_examples=25)
def test_a_report_survives_the_round_trip(
    seed: int, leads: int, strict: bool, is_first: bool
) -> None:
    report = weekly_report(
        sample_inputs(seed, leads_per_week=leads, strict=strict, is_first=is_first)
    )

    assert from_json(to_json(report)) == report


def test_the_text_is_canonical() -> None:
    text = to_json(REPORT)

    assert text == canonical(json.loads(text))
    assert text == to_json(from_json(text))
    assert '": ' not in text
    assert f'"cut_off":"{HEADER.cut_off:%Y-%m-%dT%H:%M:%SZ}"' in text
    assert json.loads(text)["schema"] == SCHEMA


def test_the_hash_does_not_depend_on_the_order_of_a_json_column() -> None:
    document = to_document(REPORT)
    shuffled = json.loads(json.dumps(document, sort_keys=False), object_pairs_hook=_backwards)

    assert sha256(canonical(shuffled)) == sha256(to_json(REPORT))
    assert from_document(shuffled) == REPORT


def _backwards(pairs: list[tuple[str, object]]) -> dict[str, object]:
    return dict(reversed(pairs))


def test_the_hash_of_the_sample_is_known() -> None:
    """A change here means a new SCHEMA or new DEFINITIONS, and a line in the change log."""
    frozen = Path(__file__).with_name("sample_snapshot.sha256").read_text().strip()

    assert sha256(to_json(REPORT)) == frozen


def test_nothing_hidden_is_in_the_snapshot() -> None:
    document = json.loads(to_json(REPORT))

    hidden = [cell for cell in _cells(document) if cell["shown"] in {"small", "withheld"}]
    assert hidden
    assert {cell["n"] for cell in hidden} == {5, None}


def _cells(value: object) -> list[dict[str, object]]:
    if isinstance(value, dict):
        inner = [cell for item in value.values() for cell in _cells(item)]
        return [value] if set(value) == {"shown", "n"} else inner
    if isinstance(value, list):
        return [cell for item in value for cell in _cells(item)]
    return []


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda d: d.update(schema=SCHEMA + 1), "no snapshot of schema"),
        (lambda d: d.update(extra=1), "no snapshot of schema"),
        (lambda d: d["report"].update(extra=1), "does not have the fields of Report"),
        (lambda d: d["report"].pop("header"), "does not have the fields of Report"),
        (lambda d: d["report"].update(k="5"), "report.k is no int"),
        (lambda d: d["report"].update(k=True), "report.k is no int"),
        (lambda d: d["report"].update(movement={}), "report.movement is no list"),
        (lambda d: d["report"]["header"].update(cut_off="today"), "header.cut_off is no datetime"),
        (lambda d: d["report"]["movement"][0]["this"].update(shown="?"), "shown is no Shown"),
    ],
)
def test_a_text_of_another_shape_is_refused(spoil: object, complaint: str) -> None:
    document = json.loads(to_json(REPORT))
    spoil(document)  # type: ignore[operator]

    with pytest.raises(UnreadableSnapshot, match=complaint):
        from_document(document)


@pytest.mark.parametrize("text", ["", "[]", "12", '{"schema": 1}', "{"])
def test_what_is_no_snapshot_is_refused(text: str) -> None:
    with pytest.raises(UnreadableSnapshot):
        from_json(text)


def test_fractions_and_times_without_a_zone_are_refused() -> None:
    with pytest.raises(TypeError, match="whole numbers"):
        canonical({"schema": SCHEMA, "report": [0.5]})  # type: ignore[list-item]
    naive = datetime(2026, 11, 16, tzinfo=UTC).replace(tzinfo=None)
    with pytest.raises(ValueError, match="naive"):
        to_json(replace(REPORT, header=replace(HEADER, as_of=naive)))

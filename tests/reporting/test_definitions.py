"""Every figure of a report has its definition, and docs/figures.md prints it."""

from dataclasses import fields

import pytest

from reporting.figures.definitions import DEFINED, Definition, parts
from reporting.figures.report import Report

NO_FIGURES = {"definitions", "header", "k", "strict", "planned", "revised"}
DEFINES = {
    "movement": "movement",
    "balance": "balance",
    "open_now": "open_by_bucket",
    "funnel": "funnel",
    "sources": "source_table",
    "blockers": "blockers",
    "records": "records",
    "closes": "close_reasons",
    "actions": "next_actions",
    "asks": "ask_table",
    "agreed": "agreed_table",
    "execution": "execution",
    "scheduling": "scheduling",
    "stalled": "stalled",
    "friction": "friction",
    "site_work": "site_work",
    "changes": "change_table",
}
"""Which function works out what a report holds."""


def test_everything_a_report_holds_is_defined() -> None:
    held = {field.name for field in fields(Report)} - NO_FIGURES
    defined = {one.by.__name__ for one in DEFINED}

    assert held == set(DEFINES)
    assert set(DEFINES.values()) <= defined


@pytest.mark.parametrize("one", DEFINED, ids=[one.name for one in DEFINED])
def test_a_definition_says_what_it_counts_and_where_the_rule_stands(one: Definition) -> None:
    assert one.numerator
    assert one.cohort
    assert one.source
    assert f"| {one.name} | {one.numerator} |" in parts()["definitions"]


def test_a_rate_says_how_old_its_leads_are() -> None:
    assert all(one.maturity for one in DEFINED if one.name.endswith("rate"))

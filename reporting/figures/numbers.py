"""The printed numbers of a report that somebody may ask about (AS3). What is hidden is none."""

from collections.abc import Iterator

from reporting.figures.breakdowns import Breakdown
from reporting.figures.report import Report

TABLES = (
    ("open_now", "Open leads", "open_now"),
    ("blockers", "Blockers", "blockers"),
    ("records", "Records", "records"),
    ("actions", "Next actions", "actions"),
)


def numbers(report: Report) -> dict[str, str]:
    """Each number by a code that stays the same, in words with what the report prints for it."""
    return dict([*_movement(report), *_tables(report), *_sources(report)])


def _movement(report: Report) -> Iterator[tuple[str, str]]:
    for row in report.movement:
        yield f"movement.{row.code}", f"{row.label}, this period: {row.this.text}"
        yield f"to_date.{row.code}", f"{row.label}, to date: {row.to_date.text}"


def _tables(report: Report) -> Iterator[tuple[str, str]]:
    found: list[tuple[str, str, Breakdown]] = [
        (code, title, getattr(report, name)) for code, title, name in TABLES
    ]
    for code, title, table in [*found, ("closes", "Closed, to date", report.closes.by_family)]:
        yield code, f"{title}: {table.total.text} in all"
        for row in table.rows:
            said = ", ".join(word for word in (row.label, row.detail) if word)
            yield f"{code}.{row.code}", f"{title}, {said}: {row.cell.text}"


def _sources(report: Report) -> Iterator[tuple[str, str]]:
    for row in (*report.sources.rows, report.sources.total):
        yield f"sources.{row.label}", f"Inquiries, {row.label}: {row.inquiries:,}"

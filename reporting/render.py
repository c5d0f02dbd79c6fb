"""Snapshot to HTML. The frozen snapshot is the only input, so what was issued can be made again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Literal

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from reporting.figures.asks import AskRow
from reporting.figures.breakdowns import Breakdown
from reporting.figures.brief import Brief, brief
from reporting.figures.cells import Shown
from reporting.figures.funnel import FunnelStep
from reporting.figures.rates import FEWEST_FOR_PERCENT, percent
from reporting.figures.report import Report
from reporting.figures.said import (
    agreed_words,
    change_words,
    execution_words,
    room_words,
    work_words,
)
from reporting.figures.snapshot import from_json, sha256
from reporting.figures.source_words import cohort_words, source_words
from trialsnest.lib.charts.bars import Bar, bars
from trialsnest.lib.charts.draw import Mode
from trialsnest.lib.words import clock, day, day_short, local, period, zone_words

Paper = Literal["a4", "letter"]
HASH_LETTERS = 12
MINUS = "\N{MINUS SIGN}"
CHART_WIDTH = 352.0  # half a page, so that its text is as large as the report's


@dataclass(frozen=True, slots=True)
class Dates:
    """The report's times on the clock of its zone, in words.

    `cohort` are the weeks of the source table, and `is_new` says whether they end at this cut-off;
    `weeks` are those that do. `review` is the site's day of its next weekly review, "" where none
    is known.
    """

    period: str
    cut_off: str
    as_of: str
    previous: str
    following: str
    review: str
    cohort: str
    is_new: bool
    weeks: str
    zone: str


@dataclass(frozen=True, slots=True)
class ActionWords:
    """One next action as printed, or several whose numbers are hidden alike."""

    label: str
    count: str
    owner: str
    due: str = ""
    is_overdue: bool = False


@dataclass(frozen=True, slots=True)
class AskWords:
    """One ask as printed."""

    row: AskRow
    raised: str
    due: str
    freed: str


def report_html(snapshot: str, *, paper: Paper) -> str:
    """The whole page of a report, for `pdf.pdf_bytes`. Reads nothing but the snapshot's text.

    Raises UnreadableSnapshot when the text is none of this schema.
    """
    report = from_json(snapshot)
    context = in_words(report, charts="pdf") | {
        "paper": paper,
        "running": report.header.notice or "TrialsNest recruitment report",
        "hash": sha256(snapshot)[:HASH_LETTERS],
    }
    return render_to_string("reporting/sponsor_report.html", context)


def in_words(report: Report, *, charts: Mode) -> dict[str, object]:
    """Everything a report says, for the paper and for the page alike: both print these words."""
    said = brief(report)
    return {
        "report": report,
        "title": title(report),
        "brief": said,
        "answers": answers(said),
        "dates": dates(report),
        "open_chart": open_chart(report.open_now, mode=charts),
        "funnel_chart": funnel_chart(report.funnel, mode=charts),
        "balance": balance_words(report),
        "enrolled": enrolled_words(report),
        "sources": source_words(report),
        "cohort": cohort_words(report),
        "actions": action_words(report),
        "asks": ask_words(report),
        "agreed": agreed_words(report),
        "changes": change_words(report),
        "execution": execution_words(report),
        "site_work": work_words(report.site_work),
        "room": room_words(report.scheduling),
    }


def title(report: Report) -> str:
    """The document's title, which is all its metadata says: study, site, period (F5)."""
    header = report.header
    return f"{header.study} at {header.site_label}, {dates(report).period}"


def dates(report: Report) -> Dates:
    """The times in words; a period is named by its first and its last day."""
    header, zone = report.header, report.header.zone

    def instant(at: datetime | None) -> str:
        return f"{day(local(at, zone))}, {clock(local(at, zone))}" if at else ""

    cohort = period(report.sources.cohort.start, report.sources.cohort.end, zone)
    is_new = report.sources.cohort.end == header.cut_off  # else it is printed again (SC4)
    return Dates(
        period=period(header.period_start, header.cut_off, zone),
        cut_off=instant(header.cut_off),
        as_of=instant(header.as_of),
        previous=instant(header.previous_cut_off),
        following=instant(header.next_cut_off),
        review=day(header.next_review_on) if header.next_review_on else "",
        cohort=cohort,
        is_new=is_new,
        weeks=cohort if is_new else "in the last eight weeks",
        zone=zone_words(zone),
    )


def answers(said: Brief) -> list[tuple[str, tuple[str, ...]]]:
    """The four questions of a sponsor, each with its short answer (12.1 section 2)."""
    return [
        ("What changed", said.changed),
        ("What stalled", said.stalled),
        ("Why", said.why),
        ("What happens next", said.following),
    ]


def open_chart(table: Breakdown, *, mode: Mode = "pdf") -> SafeString | None:
    """Open leads by bucket as bars; None when there are none or the breakdown is withheld."""
    if table.is_withheld or table.total.known == 0:
        return None
    rows = [
        Bar(row.label, row.cell.text, row.cell.known, is_trouble=row.code == "stale")
        for row in table.rows
    ]
    return _chart(rows, "Open leads by bucket at the cut-off", "open", mode)


def funnel_chart(steps: Sequence[FunnelStep], *, mode: Mode = "pdf") -> SafeString | None:
    """From inquiry to visit, each over the step before; None without a lead to draw."""
    if not steps or not steps[0].n:
        return None
    rows = [Bar(steps[0].label, f"{steps[0].n:,}", steps[0].n)]
    for before, step in pairwise(steps):
        has_rate = before.n >= FEWEST_FOR_PERCENT and step.n <= before.n
        note = f"{percent(step.n, before.n)}%" if has_rate else ""
        rows.append(Bar(step.label, f"{step.n:,}", step.n, before=before.n, note=note))
    return _chart(rows, "From inquiry to visit, with the share of the step before", "funnel", mode)


def _chart(rows: Sequence[Bar], title: str, uid: str, mode: Mode) -> SafeString:
    drawn = bars(rows, title=title, uid=uid, mode=mode, width=CHART_WIDTH, row=24)
    return mark_safe(drawn)  # noqa: S308  (the chart escapes every label itself)


def enrolled_words(report: Report) -> str:
    """How many enrolled of those planned; "" where nobody entered a plan (D39). No forecast."""
    if report.planned is None:
        return ""
    found = report.moved("enrolled").to_date
    if found.shown == Shown.WITHHELD:
        return f"{report.planned:,} to be enrolled, as planned; how many were is withheld."
    return f"{found.text} enrolled of {report.planned:,} planned, as recorded by the study team."


def balance_words(report: Report) -> list[tuple[str, str]]:
    """The terms of the balance with their signs; late entries and merges only if there are any.

    Empty in strict mode, where the balance is not printed.
    """
    found = report.balance
    if found is None:
        return []
    opening = "Open at the last cut-off" if report.header.previous_cut_off else "Open at the start"
    late = f"{'+' if found.late > 0 else MINUS} {abs(found.late):,}" if found.late else ""
    terms = [
        (opening, f"{found.opening:,}"),
        ("Late entries", late),
        ("New", f"+ {found.new:,}"),
        ("Reopened", f"+ {found.reopened:,}"),
        ("Closed", f"{MINUS} {found.closed:,}"),
        ("Enrolled", f"{MINUS} {found.enrolled:,}"),
        ("Merged duplicates", f"{MINUS} {found.merged:,}" if found.merged else ""),
        ("Open now", f"= {found.open_now:,}"),
    ]
    return [(label, text) for label, text in terms if text]


def action_words(report: Report) -> list[ActionWords]:
    """The next actions with the day each is first due; past ones are called overdue.

    Those whose numbers are hidden tell nothing more one by one, so they share a line by owner.
    """
    lines, alike = [], dict[tuple[str, str], list[str]]()
    for row in report.actions.rows:
        if row.due_at is None:
            alike.setdefault((row.cell.text, row.detail), []).append(row.label)
            continue
        due = day_short(local(row.due_at, report.header.zone))
        is_overdue = row.due_at < report.header.cut_off
        lines.append(ActionWords(row.label, row.cell.text, row.detail, due, is_overdue))
    for (count, owner), labels in alike.items():
        each = " each" if len(labels) > 1 else ""
        lines.append(ActionWords("; ".join(labels), f"{count}{each}", owner))
    return lines


def ask_words(report: Report) -> dict[str, list[AskWords]]:
    """The asks that wait for an answer, and those answered since, with days and what they free."""
    zone = report.header.zone

    def said(row: AskRow) -> AskWords:
        freed = row.freed
        leads = "" if freed is None else freed.counted("lead", "leads") or freed.text
        raised, due = (day_short(local(at, zone)) for at in (row.raised_at, row.due_at))
        return AskWords(row, raised, due, leads or "no lead waits")

    return {
        "open": [said(row) for row in report.asks.open],
        "answered": [said(row) for row in report.asks.answered],
    }

"""The four short answers of a report, made from its published figures (12.1 section 2).

Only what is printed elsewhere in the report is said here, so that nothing hidden can slip out.
"""

from dataclasses import dataclass
from datetime import datetime

from reporting.figures.breakdowns import Breakdown, Row
from reporting.figures.cells import Cell
from reporting.figures.closing import CloseReasons
from reporting.figures.report import Report
from trialsnest.lib.words import day_short, local

NO_ARROW_UNDER = 5
"""A change of fewer leads is not called a rise or a fall (SN4)."""


@dataclass(frozen=True, slots=True)
class Brief:
    """One line over everything, and four answers of up to three sentences each."""

    lead: str
    changed: tuple[str, ...]
    stalled: tuple[str, ...]
    why: tuple[str, ...]
    following: tuple[str, ...]


def brief(report: Report) -> Brief:
    """The short answers of a report."""
    return Brief(
        _lead(report), _changed(report), _stalled(report), _why(report), _following(report)
    )


def _sentence(*parts: str) -> str:
    """The parts that say something, as one sentence; empty when none does."""
    said = [part for part in parts if part]
    if not said:
        return ""
    text = " and ".join([", ".join(said[:-1]), said[-1]]) if len(said) > 1 else said[0]
    return f"{text[0].upper()}{text[1:]}."


def _said(*sentences: str) -> tuple[str, ...]:
    return tuple(sentence for sentence in sentences if sentence)


def _lead(report: Report) -> str:
    """How many leads are open, and against the last cut-off."""
    if report.balance is None:
        return (
            f"Strict mode: totals under {report.k} and what would give them away are not printed."
        )
    now, before = report.balance.open_now, report.balance.opening
    open_now = report.open_now.total.counted("lead is open", "leads are open")
    if report.header.previous_cut_off is None:
        return _sentence(f"{open_now} at the first cut-off")
    if now == before:
        return _sentence(f"{open_now}, as at the last cut-off")
    change = f"{abs(now - before):,} {'more' if now > before else 'fewer'}"
    return _sentence(f"{open_now}, {change} than at the last cut-off")


def _against(this: Cell, previous: Cell | None) -> str:
    """How a total stands to the period before, without calling a small change a change (SN4)."""
    if previous is None or previous.known is None or this.known is None:
        return ""
    change = this.known - previous.known
    if abs(change) < NO_ARROW_UNDER:
        return f" ({previous.text} in the period before)"
    return f", {'up' if change > 0 else 'down'} from {previous.text}"


def _changed(report: Report) -> tuple[str, ...]:
    def moved(code: str, one: str, many: str) -> str:
        return report.moved(code).this.counted(one, many)

    new = report.moved("new_interest")
    interest = new.this.counted("new inquiry", "new inquiries")
    return _said(
        _sentence(f"{interest}{_against(new.this, new.previous)}"),
        _sentence(
            moved("prescreen_completed", "prescreen completed", "prescreens completed"),
            moved("reviewable", "new reviewable candidate", "new reviewable candidates"),
        ),
        _sentence(
            moved("visit_scheduled", "first visit scheduled", "first visits scheduled"),
            moved("visit_attended", "first visit attended", "first visits attended"),
            moved("closed", "lead closed", "leads closed"),
        ),
    )


def _row(table: Breakdown, code: str) -> Row | None:
    return next((row for row in table.rows if row.code == code), None)


def _stalled(report: Report) -> tuple[str, ...]:
    stale, blocked = _row(report.open_now, "stale"), report.blockers.total
    silent = report.moved("no_response")
    return _said(
        _sentence(stale.cell.counted("lead is stale", "leads are stale")) if stale else "",
        _sentence(blocked.counted("lead is blocked", "leads are blocked")),
        _sentence(
            silent.this.counted("lead", "leads")
            + " went without response after the agreed tries"
            + _against(silent.this, silent.previous)
        ),
    )


def _top(table: Breakdown, most: int) -> list[Row]:
    """The greatest numbers that are printed."""
    return [row for row in table.rows if row.cell.least][:most]


def _why(report: Report) -> tuple[str, ...]:
    stopped = [_blocked_by(row) for row in _top(report.blockers, 2)]
    if not stopped and report.blockers.total.text != "0":
        stopped = ["The numbers by blocker are too small to print."]
    stale = _top(report.stalled.by_reason, 1) if report.stalled else []
    stopped += [f"Of the stale leads {row.cell.text}: {_inside(row.label)}." for row in stale]
    return _said(*stopped[:2], _closed_for(report.closes))


def _closed_for(closes: CloseReasons) -> str:
    """The two reasons that most leads were closed for."""
    total, top = closes.by_family.total, _top(closes.by_family, 2)
    if not top:
        return "The numbers by reason for closing are too small to print." if total.known else ""
    parts = [f"{_inside(row.label)} {row.cell.text}" for row in top]
    spam = " but for spam" if closes.spam else ""
    of = f", of {total.known:,}{spam}" if total.known is not None else ""
    return f"Closed to date: {', '.join(parts)}{of}."


def _inside(label: str) -> str:
    """A label in the middle of a sentence."""
    return label[0].lower() + label[1:]


def _blocked_by(row: Row) -> str:
    waiting = row.cell.counted("lead", "leads")
    label = row.label or "Blocked"
    on = f" on the {_inside(row.detail)}" if row.detail else ""
    verb = "waits" if row.cell.known == 1 else "wait"
    median = f"; the median wait is {_inside(row.wait)}" if row.wait else ""
    return f"{label}: {waiting} {verb}{on}{median}."


def _following(report: Report) -> tuple[str, ...]:
    sentences = [*_asked(report), *_agreed(report)]
    top = [row for row in _top(report.actions, 3) if row.cell.known]
    sentences += [_next(row, report) for row in top[: 3 - len(sentences)]]
    if not top and report.actions.total.text != "0":
        sentences.append("The numbers by next action are too small to print.")
    return tuple(sentences)


def _next(row: Row, report: Report) -> str:
    """What leads wait for, and since when if it is past due."""
    leads, due = row.cell.counted("lead", "leads"), ""
    if row.due_at is not None:
        is_late = row.due_at < report.header.cut_off
        due = f", {'overdue since' if is_late else 'first due'} {_day(row.due_at, report)}"
    return f"{row.label} ({leads}{due})."


def _day(at: datetime, report: Report) -> str:
    return day_short(local(at, report.header.zone))


def _asked(report: Report) -> list[str]:
    """The decisions that the site waits for."""
    rows = report.asks.open
    if not rows:
        return []
    number = "One decision is" if len(rows) == 1 else f"{len(rows)} decisions are"
    first = min(row.due_at for row in rows)
    due = (
        "overdue since"
        if first < report.header.cut_off
        else "due"
        if len(rows) == 1
        else "first due"
    )
    return [f"{number} needed, {due} {_day(first, report)}."]


def _agreed(report: Report) -> list[str]:
    """What a weekly review agreed since the last report, as far as it is still to be done."""
    since = report.agreed.since if report.agreed else ()
    labels = dict.fromkeys(row.label for row in since if not row.ended_at)
    if not labels:
        return []
    first, *others = [_inside(label) for label in labels]
    more = f" and {others[0]}" if len(others) == 1 else f" and {len(others)} more" if others else ""
    return [f"Agreed in the weekly review: {first}{more}."]

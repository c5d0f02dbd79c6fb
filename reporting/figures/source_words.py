"""The source table in words, the same for the page and the paper."""

from dataclasses import dataclass

from reporting.figures.rates import rate
from reporting.figures.report import Report
from reporting.figures.said import RateWords, rate_words
from reporting.figures.sources import OTHER_SOURCES
from trialsnest.lib.words import counted, period


@dataclass(frozen=True, slots=True)
class SourceWords:
    """One row of the source table as printed."""

    label: str
    inquiries: str
    rates: tuple[RateWords, ...]
    is_total: bool


def cohort_words(report: Report) -> str:
    """Which leads the source table is about, and which of them count only as inquiries."""
    table = report.sources
    weeks = period(table.cohort.start, table.cohort.end, report.header.zone)
    words = [f"Leads received {weeks}, in the order of names."]
    if table.cohort.end != report.header.cut_off:
        words.append(
            "As in the report of that time: what has changed since would tell of few people."
        )
    if len(table.rows) == 1:
        words.append(_one_row(table.rows[0].label))
    apart = [counted(table.duplicates, "duplicate")] if table.duplicates else []
    if table.spam:
        apart.append(counted(table.spam, "entry that was", "entries that were") + " no person's")
    if apart:
        words.append(f"Inquiries include {' and '.join(apart)}.")
    if table.maturing:
        are = "is" if table.maturing == 1 else "are"
        words.append(
            f"{counted(table.maturing, 'lead')} {are} still maturing: under 28 days old, so not yet"
            " in the last two columns."
        )
    return " ".join(words)


def _one_row(label: str) -> str:
    """What the one row beside the total would say: it has the same numbers, or hides them."""
    if label.startswith(OTHER_SOURCES):
        return "Its sources have too few leads to be told apart."
    return f"All came from one: {label}."


def source_words(report: Report) -> list[SourceWords]:
    """The source table with its total row last; a row beside which there is no other is the total.

    Where the total of a column is zero so is every part of it, withheld or not.
    """
    table = report.sources
    parts = table.rows if len(table.rows) > 1 else ()
    return [
        SourceWords(
            row.label,
            f"{row.inquiries:,}",
            tuple(
                rate_words(rate(of.reached, part.base) if of.reached.known == 0 else part)
                for part, of in zip(row.rates, table.total.rates, strict=True)
            ),
            is_total=row is table.total,
        )
        for row in (*parts, table.total)
    ]

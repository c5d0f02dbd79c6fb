"""The systems whose exports can be read, and what is special about each of them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from recruitment.rules.identity import fold, words
from recruitment.rules.lead_files.columns import LeadField
from recruitment.rules.lead_files.rows import Action

Verdict = tuple[Action, str]
F = LeadField


@dataclass(frozen=True, slots=True)
class RowView:
    """A row as its kind's judge sees it: cells by the words of their header, first column first."""

    cells: Mapping[str, str]
    first_cell: str

    def get(self, header: str) -> str:
        """The trimmed cell under the folded words of a header; empty when there is none."""
        return self.cells.get(header, "").strip()


def _no_verdict(row: RowView) -> Verdict | None:
    return None


def _judge_meta(row: RowView) -> Verdict | None:
    if row.get("email").lower() == "test@fb.com" or any(
        "<test lead:" in cell for cell in row.cells.values()
    ):
        return Action.SKIP, "a test lead of the advertising system"
    return None


def _judge_typeform(row: RowView) -> Verdict | None:
    if row.get("response type").lower() == "partial":
        return Action.PARTIAL, "the form was not finished"
    return None


def _judge_redcap(row: RowView) -> Verdict | None:
    if row.get("redcap repeat instrument") or row.get("repeat instrument"):
        return Action.CHILD, "a repeated form of another record"
    complete = next((v for k, v in row.cells.items() if re.search(r"\bcomplete$", k)), "")
    is_open = any(cell.strip() == "[not completed]" for cell in row.cells.values())
    if is_open or fold(complete) in ("0", "1", "incomplete", "unverified"):
        return Action.PARTIAL, "the survey was not finished"
    return None


def _judge_site_log(row: RowView) -> Verdict | None:
    if fold(row.first_cell).rstrip(":") in ("total", "totals", "sum", "summe"):
        return Action.SKIP, "a total"
    return None


@dataclass(frozen=True, slots=True)
class SourceKind:
    """How one system exports leads.

    `signature`: folded headers that must all be there. `extra`: header rules before the common
    ones. `prefixes`: what the system puts before a value. `judge` settles a row from the cells that
    are no field of a lead. `day_only_note` keeps a day without a time as a note.
    """

    code: str
    label: str
    channel: str
    signature: tuple[str, ...] = ()
    extra: tuple[tuple[LeadField | None, str], ...] = ()
    prefixes: Mapping[LeadField, str] = field(default_factory=dict)
    judge: Callable[[RowView], Verdict | None] = _no_verdict
    day_only_note: str = ""


_REDCAP_EXTRA: tuple[tuple[LeadField | None, str], ...] = (
    (F.RECEIVED_AT, r"\btimestamp$"),
    (F.CONSENT_SMS, r"^may we text you$"),
    (None, r"^(?:notes?|date and time of attempt)$"),
)

KINDS: Mapping[str, SourceKind] = {
    kind.code: kind
    for kind in (
        SourceKind(
            "meta",
            "Meta lead ads",
            "meta",
            signature=("id", "created time", "form id"),
            prefixes={F.PHONE: "p:", F.POSTAL_CODE: "z:"},
            judge=_judge_meta,
        ),
        SourceKind(
            "google_forms",
            "Google Forms",
            "google_forms",
            signature=("timestamp",),
        ),
        SourceKind(
            "typeform",
            "Typeform",
            "typeform",
            signature=("response type", "submit date utc"),
            extra=(
                (F.EXTERNAL_ID, r"^#$|^token$"),
                (F.RECEIVED_AT, r"^(?:stage|submit) date utc$"),
                (None, r"^start date utc$"),
            ),
            judge=_judge_typeform,
        ),
        SourceKind(
            "redcap_raw",
            "REDCap, raw",
            "redcap",
            signature=("record id", "redcap event name"),
            extra=_REDCAP_EXTRA,
            judge=_judge_redcap,
        ),
        SourceKind(
            "redcap_labels",
            "REDCap, labels",
            "redcap",
            signature=("record id", "event name"),
            extra=_REDCAP_EXTRA,
            judge=_judge_redcap,
        ),
        SourceKind(
            "site_log",
            "Site log",
            "spreadsheet",
            signature=("no", "surname", "given name"),
            extra=((F.EXTERNAL_ID, r"^(?:no|nr)$"), (None, r"^comments?$")),
            judge=_judge_site_log,
            day_only_note="log date",
        ),
        SourceKind("generic", "Other file", "file"),
    )
}
"""By code. Meta: an export is UTF-16 and tab-separated though called csv."""


def guess_kind(columns: Sequence[str]) -> str:
    """The kind whose signature these headers carry, the most telling first; else "generic"."""
    present = {" ".join(words(column)) for column in columns}
    fitting = [k for k in KINDS.values() if k.signature and present.issuperset(k.signature)]
    return max(fitting, key=lambda kind: len(kind.signature), default=KINDS["generic"]).code

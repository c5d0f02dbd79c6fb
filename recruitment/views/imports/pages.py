"""What the pages of an import show, in values that a template can print."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.forms import BoundField
from django.urls import reverse

from recruitment.forms.imports import MatchForm, is_sensitive
from recruitment.models import ImportUpload
from recruitment.rules.identity import display_name
from recruitment.rules.lead_files import Action, LeadFile, LeadRow, Preview
from recruitment.services.import_uploads import MOST_AT_ONCE
from recruitment.services.lead_import import HERE, STORED, ImportPlan, PlannedRow, too_many
from trialsnest.lib import words

STEPS = ("Choose a file", "Match columns", "Check rows", "Import")
SHOWN = 200  # rows of one list; the rest stands in the CSV
SAMPLE = 3
BLANK = "(blank)"
FOR_AGE = "Read for the age check; not kept unless you choose it."
_LEAD = re.compile(r"lead ([0-9A-Z]{8})")
ANSWERS = {"yes": "Yes", "no": "No", "": "Not said"}
OUTCOMES: Mapping[Action, str] = {
    Action.DUPLICATE: "the same person again",
    Action.REVIEW: "left for a decision",
    Action.CONFLICT: "with a record number of somebody else",
    Action.PARTIAL: "not finished by the person",
    Action.MINOR: "perhaps under 18",
    Action.REJECT: "that cannot be used",
}


@dataclass(frozen=True)
class Column:
    """One column of a file, what stands in it, and the field it goes into.

    `remark` is a sentence about what is done with it besides.
    """

    name: str
    values: str
    filled: str
    field: BoundField
    is_off: bool
    remark: str = ""


@dataclass(frozen=True)
class Told:
    """One row and what to know about it. `lead_url` leads to whom it may be."""

    number: int
    name: str
    reason: str
    lead_url: str = ""
    is_choice: bool = False


def suggested(seen: Preview) -> dict[str, str]:
    """Column to field code at first sight; sensitive columns are left out."""
    return {
        column: "" if is_sensitive(column, seen.kind) else seen.mapping.get(column, "")
        for column in seen.columns
    }


def columns_of(form: MatchForm) -> list[Column]:
    """The rows of the table in which columns are matched."""
    seen, columns = form.seen, []
    for place, name in enumerate(form.seen.columns):
        bound = form[f"column_{place}"]
        values = [cells[place] or BLANK for cells in seen.sample[:SAMPLE]]
        is_for_age = is_sensitive(name, seen.kind)
        columns.append(
            Column(
                name=name,
                values="not shown" if is_for_age else " · ".join(values),
                filled=f"{seen.filled[place]:,} of {seen.row_count:,}",
                field=bound,
                is_off=not bound.value(),
                remark=FOR_AGE if is_for_age else "",
            )
        )
    return columns


def first_row(lead_file: LeadFile | None, zone: str) -> tuple[int, list[tuple[str, str, str]]]:
    """The number of the first row that is a lead, and its terms; 0 when there is none."""
    rows = lead_file.rows if lead_file else ()
    row = next((row for row in rows if row.action is Action.ACCEPT), None)
    return (row.row_number, _terms(row, zone)) if row else (0, [])


def unusual_names(lead_file: LeadFile | None) -> list[str]:
    """Names of the file that a wrong encoding would spoil, to look at; at most six."""
    rows = lead_file.rows if lead_file else ()
    names = (display_name(row.first, row.last) for row in rows if row.first or row.last)
    return list(dict.fromkeys(name for name in names if not name.isascii()))[:6]


def _terms(row: LeadRow, zone: str) -> list[tuple[str, str, str]]:
    received = "On the day of the import"
    if row.received_at:
        received = words.moment(words.local(row.received_at, zone))
    elif row.received_on:
        received = words.day(row.received_on)
    return [
        ("Name", display_name(row.first, row.last), ""),
        ("Phone", ", ".join(row.phones), row.beside_phone),
        ("E-mail", ", ".join(row.emails), ""),
        ("Received", received, ""),
        ("Agreed to be contacted", _said(row.consent_contact), ""),
        ("Agreed to texts", ANSWERS[row.consent_sms], ""),
        ("Born in", str(row.birth_year or ""), ""),
        ("Language", row.language, ""),
        ("Best time", row.best_time, ""),
        ("Note", row.note, ""),
    ]


def _said(answer: str) -> str:
    return "No: stays blocked" if answer == "no" else ANSWERS[answer] if answer else "As the source"


def check_values(plan: ImportPlan) -> dict[str, Any]:
    """The lists of the check: what to fix, who may be here already, what else to know."""
    fix, alike, look = [], [], []
    for planned in plan.rows:
        action = planned.row.action
        if action in (Action.DUPLICATE, Action.REVIEW):
            alike.append(_told(planned))
        elif planned.is_left_out:
            fix.append(_told(planned))
        elif planned.is_ready and planned.row.warnings:
            look.append(_told(planned, "; ".join(planned.row.warnings)))
    counts = plan.counts
    return {
        "counts": [
            ("ready", counts[STORED]),
            ("to fix", len(fix)),
            ("perhaps here already", len(alike)),
            ("imported before", counts[HERE]),
        ],
        "ready": counts[STORED],
        "too_many": too_many(counts[STORED], MOST_AT_ONCE) if counts[STORED] > MOST_AT_ONCE else "",
        "left_out": len(fix) + len(alike),
        "lists": {"fix": fix[:SHOWN], "alike": alike[:SHOWN], "look": look[:SHOWN]},
        "more": {name: max(0, len(rows) - SHOWN) for name, rows in _named(fix, alike, look)},
    }


def _named(fix: list[Told], alike: list[Told], look: list[Told]) -> list[tuple[str, list[Told]]]:
    return [("fix", fix), ("alike", alike), ("look", look)]


def _told(planned: PlannedRow, reason: str = "") -> Told:
    row = planned.row
    reason = reason or row.reason
    lead = _LEAD.search(reason)
    return Told(
        number=row.row_number,
        name=display_name(row.first, row.last) if row.first or row.last else "",
        reason=reason[:1].upper() + reason[1:],
        lead_url=reverse("lead", args=[lead[1]]) if lead else "",
        is_choice=row.action is Action.REVIEW,
    )


def outcome_of(upload: ImportUpload) -> list[tuple[str, int]]:
    """What became of the rows of an imported file, without what does not occur."""
    counts = upload.counts
    lines = [("imported", counts.get(STORED, 0)), ("imported before", counts.get(HERE, 0))]
    lines += [(label, counts.get(action.value, 0)) for action, label in OUTCOMES.items()]
    return [(label, number) for label, number in lines if number or label == "imported"]


def url_of(step: str, key: UUID) -> str:
    """The address of a step of one upload."""
    return reverse(step, kwargs={"key": key})

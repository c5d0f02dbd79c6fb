"""What a colleague changed meanwhile beside what was typed, field by field (DESIGN.md 7)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django import forms
from django.db.models import TextChoices

from recruitment.forms.lead_form import LeadForm
from recruitment.forms.ownership import PersonField
from recruitment.models import LeadEvent
from recruitment.queries.lead_page import LeadPage
from recruitment.rules.event_words import event_words
from recruitment.rules.events import NOTICES, EventKind
from trialsnest.lib.words import clock, day_short, local

K = EventKind
MOST_SHOWN = 120  # characters of something that was typed


class Matter(TextChoices):
    """What a fact or a field is about, in the order in which it is shown."""

    CONTACT = "contact", "Contact"
    STAGE = "stage", "Stage"
    PRESCREEN = "prescreen", "Prescreen"
    NEXT = "next", "Next action"
    BLOCKER = "blocker", "Blocker"
    VISIT = "visit", "Visit"
    READINESS = "readiness", "Readiness and records"
    REVIEW = "review", "Review"
    OWNER = "owner", "Owner"
    PERSON = "person", "Person"
    NOTE = "note", "Note"
    OTHER = "other", "Also"


M = Matter
OF_EVENT: Mapping[EventKind, Matter] = {
    K.OUTREACH_LOGGED: M.CONTACT,
    K.CONTACT_RECEIVED: M.CONTACT,
    K.STAGE_CHANGED: M.STAGE,
    K.PRESCREEN_CHANGED: M.PRESCREEN,
    K.ACTION_SET: M.NEXT,
    K.ACTION_DONE: M.NEXT,
    K.ACTION_CANCELED: M.NEXT,
    K.BLOCKER_OPENED: M.BLOCKER,
    K.BLOCKER_REDATED: M.BLOCKER,
    K.BLOCKER_RESOLVED: M.BLOCKER,
    K.VISIT_OFFERED: M.VISIT,
    K.VISIT_BOOKED: M.VISIT,
    K.VISIT_CONFIRMED: M.VISIT,
    K.VISIT_ENDED: M.VISIT,
    K.RECORDS_CHANGED: M.READINESS,
    K.RECORDS_CHASED: M.READINESS,
    K.READINESS_CHANGED: M.READINESS,
    K.ANSWERS_REVIEWED: M.REVIEW,
    K.REVIEW_REQUESTED: M.REVIEW,
    K.REVIEW_DECIDED: M.REVIEW,
    K.OWNER_SET: M.OWNER,
    K.HANDOFF_OFFERED: M.OWNER,
    K.HANDOFF_ACCEPTED: M.OWNER,
    K.PERMISSION_RECORDED: M.PERSON,
    K.PERSON_CORRECTED: M.PERSON,
    K.NOTE_ADDED: M.NOTE,
}
OF_FIELD: Mapping[str, Matter] = {
    **dict.fromkeys(("outcome", "contact", "channel", "wrong", "scope"), M.CONTACT),
    **dict.fromkeys(("prescreen", "state"), M.PRESCREEN),
    **dict.fromkeys(("due", "due_date", "due_time", "when", "action", "detail"), M.NEXT),
    **dict.fromkeys(("category", "waits_on", "waits_until", "blocker", "review_by"), M.BLOCKER),
    **dict.fromkeys(("slot", "starts_on", "starts_time", "place", "type", "result"), M.VISIT),
    **dict.fromkeys(("note", "contact_note"), M.NOTE),
}
ENDED = {K.ACTION_DONE, K.ACTION_CANCELED}


@dataclass(frozen=True)
class Side:
    """One matter: as it was saved meanwhile, and as it was typed; empty where untouched."""

    what: str
    theirs: str
    mine: str

    @property
    def differs(self) -> bool:
        """Whether both touched it."""
        return bool(self.theirs and self.mine)


def sides_of(form: LeadForm, page: LeadPage) -> list[Side]:
    """What changed since the form's page was shown, beside what the form holds. No statement."""
    seen = form.cleaned_data.get("seen", page.lead.version)
    theirs = _theirs((e for e in page.events if e.seq > seen), page.zone)
    mine = _mine(form)
    return [
        Side(matter.label, "; ".join(theirs[matter]), "; ".join(mine[matter]))
        for matter in Matter
        if theirs[matter] or mine[matter]
    ]


def _theirs(events: Iterable[LeadEvent], zone: str) -> dict[Matter, list[str]]:
    found: dict[Matter, list[str]] = defaultdict(list)
    told = sorted((e for e in events if e.kind not in NOTICES), key=lambda event: event.seq)
    has_next = any(event.kind == K.ACTION_SET for event in told)
    for event in told:
        kind = K(event.kind)
        if kind == K.VOIDED or (has_next and kind in ENDED):
            continue
        words = event_words(
            kind, code=event.code, reason_code=event.reason_code, to_stage=event.to_stage
        )
        if kind == K.OWNER_SET and event.to_owner is not None:
            words = f"{words}: {event.to_owner.name}"
        if event.due_at is not None:
            there = local(event.due_at, zone)
            words = f"{words}, {day_short(there)} {clock(there)}"
        found[OF_EVENT.get(kind, M.OTHER)].append(words)
    return found


def _mine(form: LeadForm) -> dict[Matter, list[str]]:
    found: dict[Matter, list[str]] = defaultdict(list)
    for name in form.changed_data:
        field = form.fields[name]
        if isinstance(field.widget, forms.HiddenInput):
            continue
        words = _typed(form, name)
        if words:
            matter = _matter(name, field)
            label = "" if field.label in {None, "", matter.label} else f"{field.label}: "
            found[matter].append(f"{label}{words}")
    return found


def _matter(name: str, field: forms.Field) -> Matter:
    if isinstance(field, PersonField):
        return M.OWNER
    return OF_FIELD.get(name, M.STAGE if name == "to" else M.OTHER)


def _typed(form: LeadForm, name: str) -> str:
    """What a field holds, in the words of its choices."""
    field, value = form.fields[name], form.cleaned_data.get(name, form[name].value())
    if isinstance(field, forms.ChoiceField):
        return ", ".join(_label(field.choices, str(each)) for each in _several(value) if each)
    if value is True:
        return "Yes"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, date):
        return day_short(value)
    words = str(value or "")
    return words if len(words) <= MOST_SHOWN else f"{words[:MOST_SHOWN]} ..."


def _several(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else [getattr(value, "pk", value)]


def _label(choices: Any, code: str) -> str:
    """What a choice is called; choices may stand in groups."""
    for value, label in choices:
        if isinstance(label, list | tuple):
            found = _label(label, code)
            if found:
                return found
        elif str(value) == code:
            return str(label)
    return ""

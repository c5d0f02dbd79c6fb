"""Putting a draft back into the form that it was typed into."""

from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django import forms

from accounts.models import User
from recruitment.forms.lead_form import LeadForm
from recruitment.forms.several import FORMS, SEVERAL
from recruitment.models import Draft
from trialsnest.lib import shield
from trialsnest.lib.words import clock, day_short, local


@dataclass(frozen=True)
class OwnForm:
    """A form without a lead: what its page is called, and the name of its address."""

    title: str
    url_name: str


OWN_FORMS: Mapping[str, OwnForm] = {
    "add-lead": OwnForm("Add a lead", "lead_add"),
    "pass-on": OwnForm("Pass on a message", "message_pass_on"),
} | {SEVERAL + form.do: OwnForm(f"Several leads: {form.title}", "leads_bulk") for form in FORMS}
"""Every form of one's own whose words are kept, by the key of its draft."""


class Keeps(Protocol):
    """A form that tells what became of its draft: a sentence, and whether its words are back."""

    fields: dict[str, forms.Field]
    initial: MutableMapping[str, Any]
    draft_said: str
    draft_back: bool

    @property
    def is_bound(self) -> bool:
        """Whether it was sent."""


def form_kinds() -> dict[str, type[LeadForm]]:
    """Every form about one lead, by its key."""
    found: dict[str, type[LeadForm]] = {}
    left: list[type[LeadForm]] = [LeadForm]
    while left:
        kind = left.pop()
        left += kind.__subclasses__()
        if "key" in kind.__dict__:
            found[kind.key] = kind
    return found


def put_back(form: LeadForm, draft: Draft, *, reader: User) -> None:
    """Let a form that was not sent begin with what its reader typed and did not send.

    While the shield is up its words stay away, and only that they are kept is said.
    """
    put_back_own(form, draft, reader=reader, at=form.at)
    if form.draft_back and draft.seen < form.lead.version:
        form.draft_said += " The lead has changed since."


def put_back_one(form: LeadForm, drafts: Iterable[Draft], *, reader: User) -> None:
    """The same with that of a lead's drafts which is this form's, if one is."""
    for draft in drafts:
        if draft.form == form.key:
            put_back(form, draft, reader=reader)


def put_back_own(form: Keeps, draft: Draft, *, reader: User, at: datetime) -> None:
    """The same for a form without a lead, at `at` (UTC)."""
    if form.is_bound:
        return
    for name, field in form.fields.items():
        values = draft.words.get(name)
        if values:
            is_list = isinstance(field, forms.MultipleChoiceField)
            form.initial[name] = values if is_list else values[-1]
        elif isinstance(field, forms.BooleanField) and draft.words:
            form.initial[name] = False  # a box without a tick is not sent
    form.draft_said = _said(draft, reader.time_zone, at)
    form.draft_back = not shield.is_up()


def _said(draft: Draft, zone: str, at: datetime) -> str:
    """Of when the draft is, on the reader's clock."""
    there = local(draft.saved_at, zone)
    is_today = there.date() == local(at, zone).date()
    when = clock(there) if is_today else f"{day_short(there)} {clock(there)}"
    if shield.is_up():
        return f"Draft of {when} kept. It comes back when names are shown again."
    return f"Draft of {when} put back."

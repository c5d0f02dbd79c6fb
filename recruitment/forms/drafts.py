"""Putting a draft back into the form that it was typed into."""

from django import forms

from accounts.models import User
from recruitment.forms.lead_form import LeadForm
from recruitment.models import Draft
from trialsnest.lib import shield
from trialsnest.lib.words import clock, day_short, local


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
    if form.is_bound:
        return
    for name, values in draft.words.items():
        if field := form.fields.get(name):
            is_list = isinstance(field, forms.MultipleChoiceField)
            form.initial[name] = values if is_list else values[-1]
    form.draft_said = _said(form, draft, reader.time_zone)
    form.draft_back = not shield.is_up()


def _said(form: LeadForm, draft: Draft, zone: str) -> str:
    """Of when the draft is on the reader's clock, and whether the lead has moved on since."""
    there = local(draft.saved_at, zone)
    is_today = there.date() == local(form.at, zone).date()
    when = clock(there) if is_today else f"{day_short(there)} {clock(there)}"
    if shield.is_up():
        return f"Draft of {when} kept. It comes back when names are shown again."
    since = " The lead has changed since." if draft.seen < form.lead.version else ""
    return f"Draft of {when} put back.{since}"

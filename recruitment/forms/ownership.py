"""Who owns a lead: forms of its page to give it, and to answer a hand-off (O2, H3)."""

from datetime import datetime
from typing import ClassVar

from django import forms

from accounts.models import User
from recruitment.forms.fields import LineField, field_of
from recruitment.forms.lead_form import LeadForm
from recruitment.models import Handoff, Lead
from recruitment.rules.refusals import LeadChanged
from recruitment.rules.stages import CLOSED
from recruitment.rules.work_codes import HandoffState
from recruitment.services import handoffs
from recruitment.services.reassigning import MAX_REASON, give_lead

UNOWNED = "unowned"
WHY = "Write why, in a few words."


class PersonField(forms.ChoiceField):
    """A colleague by key; `offer` gives it the names. Its value is the user, or None: Unowned."""

    def offer(self, people: list[User], *, with_unowned: bool = True) -> None:
        """Offer these people, and the Unowned tray."""
        self.people = {str(user.pk): user for user in people}
        tray = [(UNOWNED, "Nobody: to Unowned")] if with_unowned else []
        self.choices = [("", "Choose"), *((key, u.name) for key, u in self.people.items()), *tray]

    def chosen(self, value: str) -> User | None:
        """The person, or None for the Unowned tray."""
        return self.people.get(value)


def person_field(label: str) -> PersonField:
    """A choice among those who work there."""
    return PersonField(
        label=label,
        error_messages={
            "required": "Choose who.",
            "invalid_choice": "That person does not work on this study here.",
        },
    )


def reason_field() -> LineField:
    """Why it changes hands."""
    return LineField(
        label="Reason",
        max_length=MAX_REASON,
        help_text="It stands on the lead's timeline.",
        error_messages={"required": WHY},
    )


class AssignForm(LeadForm):
    """A site lead gives the lead to somebody, or to Unowned; needs no acceptance (D22)."""

    key, title, url_name = "assign", "Change the owner", "lead_assign"
    save_label, done = "Change owner", "Owner changed."
    perms: ClassVar[frozenset[str]] = frozenset({"lead_site"})

    owner = person_field("New owner")
    reason = reason_field()

    def prepare(self) -> None:
        """Offer everybody who works on the study there but the owner of now."""
        field = field_of(self, "owner", PersonField)
        field.offer(self.people("work_leads"), with_unowned=self.lead.owner_id is not None)

    def run(self, *, by: User, at: datetime) -> None:
        """Give it."""
        field = field_of(self, "owner", PersonField)
        give_lead(
            lead=self.lead,
            to=field.chosen(self.cleaned_data["owner"]),
            reason=self.cleaned_data["reason"],
            by=by,
            at=at,
            seen=self.seen_version,
        )


class ReleaseForm(LeadForm):
    """The owner gives the lead up to the Unowned tray (O2)."""

    key, title, url_name = "release", "Give up this lead", "lead_release"
    save_label, done = "Give up lead", "The lead is Unowned now."

    reason = reason_field()

    def run(self, *, by: User, at: datetime) -> None:
        """Release it; only what one owns oneself."""
        if self.lead.owner_id != by.pk:
            raise LeadChanged("You do not own this lead any more.")
        give_lead(
            lead=self.lead,
            to=None,
            reason=self.cleaned_data["reason"],
            by=by,
            at=at,
            seen=self.seen_version,
        )


class HandoffForm(LeadForm):
    """An answer to the lead's hand-off; `state` is what it must be in."""

    state: ClassVar[HandoffState] = HandoffState.OFFERED

    def handoff(self) -> Handoff:
        """The hand-off. Raises LeadChanged when there is none in that state any more."""
        rows = Handoff.objects.filter(lead=self.lead, state=self.state)
        row: Handoff | None = rows.select_related("lead", "sender", "receiver").last()
        if row is None:
            raise LeadChanged("This hand-off was answered or withdrawn already.")
        return row


class AcceptForm(HandoffForm):
    """Take the lead over. It stands in the notice about the hand-off."""

    key, title, url_name = "accept", "Accept the hand-off", "lead_handoff_accept"
    save_label, done = "Accept hand-off", "You own this lead now."

    def run(self, *, by: User, at: datetime) -> None:
        """Accept."""
        handoffs.accept_handoff(handoff=self.handoff(), by=by, at=at)


class DeclineForm(HandoffForm):
    """Say no to a hand-off, with a reason."""

    key, title, url_name = "decline", "Decline the hand-off", "lead_handoff_decline"
    save_label, done = "Decline hand-off", "Declined. The sender stays the owner."

    reason = reason_field()

    def run(self, *, by: User, at: datetime) -> None:
        """Decline."""
        row, reason = self.handoff(), self.cleaned_data["reason"]
        handoffs.decline_handoff(handoff=row, reason=reason, by=by, at=at)


class WithdrawForm(HandoffForm):
    """Take an offer back."""

    key, title, url_name = "withdraw", "Withdraw the hand-off", "lead_handoff_withdraw"
    save_label, done = "Withdraw hand-off", "Withdrawn. You stay the owner."

    def run(self, *, by: User, at: datetime) -> None:
        """Withdraw."""
        handoffs.withdraw_handoff(handoff=self.handoff(), by=by, at=at)


class ReturnForm(HandoffForm):
    """Give an accepted lead back."""

    key, title, url_name = "return", "Return this lead to its sender", "lead_handoff_return"
    save_label, done = "Return lead", "Returned."
    state: ClassVar[HandoffState] = HandoffState.ACCEPTED

    reason = reason_field()

    def run(self, *, by: User, at: datetime) -> None:
        """Return."""
        row, reason = self.handoff(), self.cleaned_data["reason"]
        handoffs.return_handoff(handoff=row, reason=reason, by=by, at=at)


def owner_forms(
    lead: Lead, handoff: Handoff | None, user: User, rights: frozenset[str]
) -> list[type[LeadForm]]:
    """Which of these `user` may send about the lead as it is (AcceptForm has its own place)."""
    if lead.stage in CLOSED:
        return []
    mine = lead.owner_id == user.pk
    is_open = handoff is not None and handoff.state == HandoffState.OFFERED
    received = handoff is not None and handoff.receiver_id == user.pk
    offered: list[tuple[type[LeadForm], bool]] = [
        (DeclineForm, is_open and received),
        (WithdrawForm, is_open and handoff is not None and handoff.sender_id == user.pk),
        (ReturnForm, received and not is_open and mine),
        (AssignForm, True),
        (ReleaseForm, mine and "lead_site" not in rights),
    ]
    return [form for form, fits in offered if fits and form.perms & rights]

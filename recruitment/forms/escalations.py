"""Forms on a lead's page that ask somebody further up, and say what came of it (E1-E3)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import ClassVar

from django import forms

from accounts.models import User
from recruitment.forms.blocker_fields import review_instant
from recruitment.forms.fields import BlockField, LineField, day_field, field_of
from recruitment.forms.lead_form import LeadForm
from recruitment.forms.ownership import PersonField, person_field
from recruitment.models import Escalation, Lead
from recruitment.queries.escalations import open_of
from recruitment.rules.escalation import ANY_OWNER, ROUTES, WITH_THE_REPORT, proposed_due
from recruitment.rules.recovery_codes import EscalationKind, EscalationLevel, EscalationState
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import CLOSED
from recruitment.rules.targets import TargetKey
from recruitment.services.escalations import (
    MAX_OUTCOME,
    MAX_QUESTION,
    end_escalation,
    escalate,
)
from trialsnest.lib.zones import local_time

STAFF = frozenset({"work_leads", "review_leads"})
USUAL = "usual"


class EscalateForm(LeadForm):
    """Ask the site lead, the study lead or, with the next report, the sponsor (E1, E2)."""

    key, title, url_name = "escalate", "Escalate", "lead_escalate"
    save_label, done = "Escalate", "Escalated. The lead keeps its owner and its next action."
    perms: ClassVar[frozenset[str]] = STAFF
    renames: ClassVar[dict[str, str]] = {"due_at": "answer_by"}

    kind = forms.ChoiceField(
        label="What about",
        choices=[("", "Choose"), *EscalationKind.choices],
        error_messages={"required": "Choose what it is about."},
    )
    level = forms.ChoiceField(
        label="To whom",
        choices=[(USUAL, "Whom it concerns"), *EscalationLevel.choices],
        initial=USUAL,
        help_text=f"The site lead may be asked first about anything. {WITH_THE_REPORT}",
    )
    owner = person_field("Who sees that it is answered")
    answer_by = day_field("Answer by")
    question = BlockField(
        label="What you need to know",
        max_length=MAX_QUESTION,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write what you need to know."},
    )
    target = forms.ChoiceField(
        label="Target that was missed, if that is why",
        choices=[("", "None"), *TargetKey.choices],
        required=False,
    )

    def prepare(self) -> None:
        """Offer who may be asked here, and a day to answer by."""
        field = field_of(self, "owner", PersonField)
        field.offer(self.people(*ANY_OWNER), with_unowned=False)
        due = proposed_due(EscalationLevel.SITE_LEAD, at=self.at, calendar=self.calendar)
        self.fields["answer_by"].error_messages["required"] = "Choose the day to answer by."
        self.initial["answer_by"] = local_time(due, self.zone).date()

    def run(self, *, by: User, at: datetime) -> None:
        """Escalate; the answer is due at nine of the day on the site's clock."""
        data = self.cleaned_data
        kind = EscalationKind(data["kind"])
        level = ROUTES[kind] if data["level"] == USUAL else EscalationLevel(data["level"])
        owner = field_of(self, "owner", PersonField).chosen(data["owner"])
        if owner is None:
            raise InvalidInput("Choose who.", field="owner")
        escalate(
            lead=self.lead,
            kind=kind,
            level=level,
            owner=owner,
            due_at=_instant(data["answer_by"], self.zone),
            question=data["question"],
            target=TargetKey(data["target"]) if data["target"] else None,
            by=by,
            at=at,
            seen=self.seen_version,
        )


def _instant(day: date, zone: str) -> datetime:
    """Nine o'clock of the day on the site's clock, as for everything that is due on a day."""
    due_at = review_instant(day, zone)
    if due_at is None:
        raise InvalidInput("Choose the day to answer by.", field="due_at")
    return due_at


class EscalationEndForm(LeadForm):
    """Write down the answer to a question that was escalated, or withdraw it (E3)."""

    key, title, url_name = "escalated", "End an escalation", "lead_escalation_end"
    save_label, done = "Save", "The escalation is ended."
    perms: ClassVar[frozenset[str]] = STAFF

    escalation = forms.ChoiceField(
        label="Escalation",
        error_messages={
            "required": "Choose the escalation.",
            "invalid_choice": "This escalation was ended already.",
        },
    )
    state = forms.ChoiceField(
        label="How it ended",
        choices=[
            (EscalationState.ANSWERED.value, EscalationState.ANSWERED.label),
            (EscalationState.WITHDRAWN.value, EscalationState.WITHDRAWN.label),
        ],
        initial=EscalationState.ANSWERED.value,
        widget=forms.RadioSelect(attrs={"class": "options--row"}),
        error_messages={"required": "Choose how it ended."},
    )
    outcome = LineField(
        label="The answer, or why it is withdrawn",
        max_length=MAX_OUTCOME,
        required=False,
        help_text="An answer needs words. They stand on the lead's timeline.",
    )

    def prepare(self) -> None:
        """Offer the open escalations of this lead."""
        rows = self.page.rows.escalations if self.page else open_of(self.lead)
        self.open = {str(row.pk): row for row in rows}
        self.choices("escalation", [(key, words_of(row)) for key, row in self.open.items()])

    def run(self, *, by: User, at: datetime) -> None:
        """End it."""
        data = self.cleaned_data
        row = self.open[data["escalation"]]
        row.lead = self.lead
        end_escalation(
            escalation=row,
            state=EscalationState(data["state"]),
            outcome=data["outcome"],
            by=by,
            at=at,
            seen=self.seen_version,
        )


def words_of(row: Escalation) -> str:
    """What was asked, of whom: `Visit capacity, sponsor, with Ana Lead`."""
    level = str(EscalationLevel(row.level).label).lower()
    return f"{EscalationKind(row.kind).label}, {level}, with {row.owner.name}"


def escalation_forms(
    lead: Lead, escalations: Sequence[Escalation], rights: frozenset[str]
) -> list[type[LeadForm]]:
    """Which of these the reader may send about the lead with these open escalations."""
    offered: list[tuple[type[LeadForm], bool]] = [
        (EscalateForm, lead.stage not in CLOSED),
        (EscalationEndForm, bool(escalations)),
    ]
    return [form for form, fits in offered if fits and form.perms & rights]

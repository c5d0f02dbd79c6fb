"""The page on which a lead is handed to a colleague (H2, H5)."""

from datetime import datetime

from django import forms

from accounts.models import User
from recruitment.forms.fields import BlockField, LineField, field_of
from recruitment.forms.lead_form import LeadForm
from recruitment.forms.ownership import PersonField, person_field
from recruitment.queries.lead_page import open_action
from recruitment.queries.team import colleagues
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.work_codes import RemoteStep
from recruitment.services.handoffs import (
    MAX_CONTEXT,
    MAX_WORDS,
    STEP_LIMITS,
    STEP_WORDS,
    Step,
    offer_handoff,
)

STEPS = 3  # steps outside the site that one form takes


class OfferForm(LeadForm):
    """Offer the lead to a colleague, with what she needs to know (H2)."""

    key, title, url_name = "handoff", "Hand over this lead", "lead_handoff"
    save_label = "Offer hand-off"
    done = "Offered. You stay the owner until it is accepted."

    receiver = person_field("To whom")
    context = BlockField(
        label="What your colleague needs to know",
        max_length=MAX_CONTEXT,
        error_messages={"required": "Write what your colleague needs to know."},
    )
    wanted = LineField(label="What the person wants", max_length=MAX_WORDS, required=False)
    promised = LineField(label="What the person was promised", max_length=MAX_WORDS, required=False)

    def prepare(self) -> None:
        """Offer everybody else who works on the study there, and the fields of the steps."""
        field = field_of(self, "receiver", PersonField)
        people = [u for u in colleagues([self.lead.study_site]) if u.pk != self.lead.owner_id]
        field.offer(people, with_unowned=False)
        self.fields["context"].widget.attrs["rows"] = 4
        self.initial["wanted"] = self.lead.stated_interest
        if not self.is_bound:
            self.initial["promised"] = self._promised()
        for n in range(1, STEPS + 1):
            self.fields[f"kind_{n}"] = forms.ChoiceField(
                label="Kind of step", choices=[("", "None"), *RemoteStep.choices], required=False
            )
            for name, most in STEP_LIMITS.items():
                self.fields[f"{name}_{n}"] = LineField(
                    label=STEP_WORDS[name], max_length=most, required=False
                )

    def _promised(self) -> str:
        """The call-back that stands promised, as its first words."""
        row = open_action(self.lead)
        if row is None or not row.is_promised:
            return ""
        return f"A call on {self.reach.where.local(row.due_at)}"

    def plain(self) -> list[forms.BoundField]:
        """The fields besides those of the steps."""
        return [self[name] for name in ("receiver", "context", "wanted", "promised")]

    def step_fields(self) -> list[list[forms.BoundField]]:
        """The fields of each step."""
        return [
            [self[f"{name}_{n}"] for name in ("kind", *STEP_LIMITS)] for n in range(1, STEPS + 1)
        ]

    def has_steps(self) -> bool:
        """Whether some step was begun, so that the page shows them."""
        return any(field.value() for fields in self.step_fields() for field in fields)

    def steps(self) -> list[Step]:
        """The steps that were filled in. Raises InvalidInput at the first field that is missing."""
        found = []
        for n in range(1, STEPS + 1):
            said = {name: str(self.cleaned_data[f"{name}_{n}"]) for name in STEP_LIMITS}
            kind = self.cleaned_data[f"kind_{n}"]
            if not kind and not any(said.values()):
                continue
            if not kind:
                raise InvalidInput("Choose the kind of step.", field=f"kind_{n}")
            for name, words in said.items():
                if not words:
                    raise InvalidInput(f"{STEP_WORDS[name]} is missing.", field=f"{name}_{n}")
            found.append(Step(RemoteStep(kind), **said))
        return found

    def run(self, *, by: User, at: datetime) -> None:
        """Offer it."""
        data = self.cleaned_data
        to = field_of(self, "receiver", PersonField).chosen(data["receiver"])
        assert to is not None  # noqa: S101  (the field offers people only)
        offer_handoff(
            lead=self.lead,
            to=to,
            context=data["context"],
            wanted=data["wanted"],
            promised=data["promised"],
            steps=self.steps(),
            by=by,
            at=at,
            seen=self.seen_version,
        )

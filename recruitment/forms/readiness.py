"""The scheduling readiness checklist of one lead as one form (7.3)."""

from datetime import datetime

from django import forms

from accounts.models import User
from recruitment.forms.lead_form import LeadForm
from recruitment.models import ReadinessItem
from recruitment.rules.work_codes import ReadinessItemCode, ReadinessState
from recruitment.services.readiness import set_readiness
from trialsnest.lib.form_fields import Codes

FIELD = "item_{}"
STATES = Codes([("", "Not looked at yet"), *ReadinessState.choices])


class ReadinessForm(LeadForm):
    """Say of each item whether it is clear; what stays as it is writes nothing."""

    key, title, url_name = "ready", "Scheduling readiness", "lead_readiness"
    save_label, done = "Save checklist", "Scheduling readiness updated."

    owner = forms.ChoiceField(label="Who sees to what is not clear", required=False)

    def prepare(self) -> None:
        """One choice for each item, as it stands now."""
        held = self._held()
        for code in ReadinessItemCode:
            self.fields[FIELD.format(code)] = forms.ChoiceField(
                label=code.label,
                required=False,
                choices=STATES,
                initial=held.get(code, ""),
            )
        self.owners = {str(user.pk): user for user in self.people("work_leads")}
        self.choices(
            "owner", [("", "Nobody named"), *((k, u.name) for k, u in self.owners.items())]
        )
        self.order_fields(["seen", *(FIELD.format(code) for code in ReadinessItemCode), "owner"])

    def _held(self) -> dict[str, str]:
        """How each item stands that somebody looked at."""
        if self.page is not None:
            return {row.code: row.state for row in self.page.panel.checklist if row.code}
        return dict(ReadinessItem.objects.filter(lead=self.lead).values_list("code", "state"))

    def run(self, *, by: User, at: datetime) -> None:
        """Set what was chosen."""
        data = self.cleaned_data
        set_readiness(
            lead=self.lead,
            states={
                code: ReadinessState(data[FIELD.format(code)])
                for code in ReadinessItemCode
                if data[FIELD.format(code)]
            },
            owner=self.owners.get(data["owner"]),
            by=by,
            at=at,
            seen=self.seen_version,
        )

"""What forms about a lead ask now and then: when it happened, an override, what was skipped."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import ClassVar

from django import forms

from recruitment.forms.fields import LineField, day_field, time_field
from recruitment.forms.lead_form import LeadForm
from recruitment.models import Blocker
from recruitment.models.gate_facts import Told, read_gate
from recruitment.rules.readiness import (
    GATED,
    GateFacts,
    Missing,
    lacks,
    skips_prescreen,
    skips_review,
)
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from recruitment.rules.work_codes import FitSignal
from recruitment.services.overrides import MAX_REASON
from recruitment.services.skipped import Skipped


class HappenedForm(LeadForm):
    """A form for something that may have happened earlier than it is told (LC10).

    Typed on the site's clock; empty means now. The service refuses what lies ahead, before the
    lead was received or before its stage began.
    """

    renames: ClassVar[Mapping[str, str]] = {"occurred_at": "happened_on"}

    happened_on = day_field(
        "It happened on", required=False, help_text="Only if it was earlier than now."
    )
    happened_time = time_field("At", required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came
        self.fields["happened_time"].help_text = self.zone_hint()

    @property
    def happened_at(self) -> datetime | None:
        """The instant (UTC) that was typed; None for now. Raises InvalidInput for half of one."""
        return both(self, "happened_on", "happened_time")


def both(form: LeadForm, day: str, clock: str) -> datetime | None:
    """The instant of a day and a time of which both or neither were typed."""
    moment = form.instant(day, clock)
    typed = [name for name in (day, clock) if form.cleaned_data.get(name) is not None]
    if moment is None and typed:
        missing = clock if day in typed else day
        raise InvalidInput("Choose the day and the time.", field=missing)
    return moment


def gate_of(form: LeadForm) -> tuple[GateFacts, Told]:
    """What the gate to Ready to schedule finds now: the page's, or read anew."""
    if form.page is not None:
        return form.page.gate
    lead = form.lead
    rows = Blocker.objects.filter(lead=lead, resolved_at__isnull=True)
    return read_gate(
        lead,
        Stage.READY_TO_SCHEDULE,
        prescreen=lead.prescreen,
        blockers=rows.values_list("category", "waiting_on"),
        at=form.at,
    )


class OverrideForm(LeadForm):
    """A form that may lead through the gate; a site lead may let something pass (G3)."""

    override = LineField(
        label="Override, with the reason",
        max_length=MAX_REASON,
        required=False,
        help_text="Only a site lead may. It is listed in the weekly review.",
    )

    def offer_override(self, moves: list[Stage], *, settles: Collection[Missing] = ()) -> None:
        """Ask for it only where a stage on offer is held back by more than the form `settles`."""
        found: set[Missing] = set()
        if Stage.READY_TO_SCHEDULE in moves:
            facts, told = gate_of(self)
            missing = lacks(Stage.READY_TO_SCHEDULE, facts, overridden=told.overridden)
            found = {lack.code for lack in missing}
        if not found - set(settles):
            del self.fields["override"]

    @property
    def override_reason(self) -> str:
        """What was typed, or nothing."""
        return str(self.cleaned_data.get("override", ""))


class SkippedForm(LeadForm):
    """A form that may step over milestones, which are then asked for (LC9)."""

    renames: ClassVar[Mapping[str, str]] = {
        "prescreen_completed_at": "completed_on",
        "reviewed_at": "reviewed_on",
    }

    completed_on = day_field(
        "Prescreen completed on", required=False, help_text="Where the step leaves it out."
    )
    completed_time = time_field("At", required=False)
    reviewed_on = day_field(
        "Answers reviewed on", required=False, help_text="Where the step leaves it out."
    )
    reviewed_time = time_field("At", required=False)
    fit = forms.ChoiceField(
        label="Seen in the answers", required=False, choices=[("", "Choose"), *FitSignal.choices]
    )

    def offer_skipped(self, moves: list[Stage]) -> None:
        """Ask only for what some stage on offer would leave out."""
        current = Stage(self.lead.stage)
        facts = GateFacts(prescreen=self.lead.prescreen)
        if GATED & set(moves):
            facts, _ = gate_of(self)
        if not any(skips_prescreen(current, to, facts) for to in moves):
            del self.fields["completed_on"], self.fields["completed_time"]
        if not any(skips_review(current, to, facts) for to in moves):
            del self.fields["reviewed_on"], self.fields["reviewed_time"], self.fields["fit"]

    @property
    def skipped(self) -> Skipped:
        """What was typed. Raises InvalidInput for a day without its time."""
        fit = self.cleaned_data.get("fit", "")
        return Skipped(
            both(self, "completed_on", "completed_time"),
            both(self, "reviewed_on", "reviewed_time"),
            FitSignal(fit) if fit else None,
        )

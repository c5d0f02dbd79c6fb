"""Forms that review stale leads: one on its own page, several with one outcome (6.2, 6.3, D33)."""

from collections.abc import Collection
from datetime import datetime, time
from typing import ClassVar

from django import forms

from accounts.models import User
from recruitment.forms.blocker_fields import (
    category_field,
    party_field,
    review_field,
    review_instant,
)
from recruitment.forms.code_field import CodeField
from recruitment.forms.fields import BlockField, LineField, day_field, field_of
from recruitment.forms.lead_form import NextStepForm
from recruitment.forms.ownership import PersonField
from recruitment.forms.staff_field import StaffField, offer_staff
from recruitment.models import Lead, RecordsItem
from recruitment.models.log import standing
from recruitment.queries.recovery import StaleRow, proposals_for, stale_row
from recruitment.rules.blocking import usual_action
from recruitment.rules.calendars import BusinessCalendar, add_business_days
from recruitment.rules.closing import CRITERIA_CODES
from recruitment.rules.closing_phases import legal_codes
from recruitment.rules.next_actions import Plan
from recruitment.rules.recovery import ACTIONS, THIRD_TIME, USUAL, ordinal
from recruitment.rules.recovery_codes import PatientReason, ProcessReason, RecoveryOutcome
from recruitment.rules.stages import Stage
from recruitment.rules.texts import MAX_NOTE
from recruitment.rules.vocabulary import (
    BLOCKER_PARTIES,
    ActionType,
    BlockerCategory,
    Party,
    PrescreenState,
    RecordsState,
)
from recruitment.services.blockers import MAX_WORDS, Named
from recruitment.services.close_reasons import Close
from recruitment.services.overrides import MAX_REASON
from recruitment.services.recovery import (
    ONE_BY_ITSELF,
    OPEN_RECORDS,
    Decided,
    Obstacle,
    review_stale,
)
from trialsnest.lib.zones import instant_of

R = RecoveryOutcome


def usual_action_of(outcome: RecoveryOutcome, lead: Lead, records: Collection[str]) -> ActionType:
    """What usually follows an outcome for this lead; `records` are the states of its items."""
    stage = Stage(lead.stage)
    if outcome == R.CHASE_RECORDS:
        wanted = (ActionType.CHASE_RECORDS, ActionType.REVIEW_RECORDS, ActionType.REQUEST_RECORDS)
        states = {RecordsState(state) for state in records}
        return next((each for each in wanted if states & set(OPEN_RECORDS[each])), wanted[0])
    if outcome == R.SEND_TO_REVIEW and stage == Stage.SCREENED:
        return ActionType.RECORD_OUTCOME
    if outcome == R.SEND_TO_REVIEW and lead.prescreen == PrescreenState.COMPLETE:
        return ActionType.AWAIT_REVIEW
    if outcome == R.RECONTACT and stage == Stage.SCHEDULED:
        return ActionType.RECORD_VISIT
    return ACTIONS[outcome][0]


def usual_plan(
    outcome: RecoveryOutcome,
    lead: Lead,
    *,
    at: datetime,
    calendar: BusinessCalendar,
    records: Collection[str],
) -> Plan:
    """The same as a plan: due a working day from `at` (UTC)."""
    kind = usual_action_of(outcome, lead, records)
    return Plan(kind, add_business_days(at, 1, calendar))


class StaleReviewForm(NextStepForm):
    """Say why the lead stopped, on both axes, and what is done about it (ST5, RQ2)."""

    key, title, url_name = "recover", "Review this stale lead", "lead_stale_review"
    save_label, done = "Save review", "Stale lead reviewed."
    renames: ClassVar[dict[str, str]] = {"due_at": "due"}

    patient_reason = forms.ChoiceField(
        label="Where the person stands",
        choices=PatientReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say where the person stands."},
    )
    process_reason = forms.ChoiceField(
        label="What in our process let it stall",
        choices=ProcessReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say what in our process let it stall."},
    )
    outcome = forms.ChoiceField(
        label="What is done now",
        choices=RecoveryOutcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what is done now."},
    )
    reason = CodeField("Main reason")
    until = day_field("May be asked again from", required=False, help_text="Only for “Not now”.")
    decided_by = StaffField()
    override = LineField(
        label="Why before the cadence is used up",
        max_length=MAX_REASON,
        required=False,
        help_text="For a site lead.",
    )
    category = category_field()
    waiting_on = party_field()
    review_by = review_field()
    about = LineField(label="What exactly", max_length=MAX_WORDS, required=False)
    owner = PersonField(
        label="Who does it",
        required=False,
        error_messages={"invalid_choice": "That person does not work on this study here."},
    )
    note = BlockField(
        label="Note",
        max_length=MAX_NOTE,
        required=False,
        help_text="Stays on site. Needed where it replaces a call that was promised.",
    )
    field_order = (
        *("seen", "patient_reason", "process_reason", "outcome"),
        *("reason", "until", "decided_by", "override"),
        *("category", "waiting_on", "review_by", "about"),
        *("owner", "due", "due_date", "due_time", "action", "detail", "note"),
    )

    def prepare(self) -> None:
        """Begin with what the log proposes, and offer who and how."""
        self.found = self._proposals()
        patient, process = self.found.patient, self.found.process
        self.initial.update(patient_reason=patient.reason, process_reason=process.reason)
        self.fields["patient_reason"].help_text = patient.why
        self.fields["process_reason"].help_text = f"Proposed from the log: {process.why}"
        if patient.reason is not None:
            self.initial["outcome"] = USUAL[patient.reason]
        self._offer_close()
        self.fields["category"].required = False
        owner = field_of(self, "owner", PersonField)
        owner.offer(self.people("work_leads"), with_unowned=False)
        stays = f"Stays with {self.lead.owner.name}" if self.lead.owner else "Me: I take it"
        # Choices are pairs of words here
        self.choices("owner", [("", stays), *list(owner.choices)[1:]])  # type: ignore[arg-type]
        self.fields["action"].help_text = "As proposed: what the outcome asks for, tomorrow."
        self.fields["note"].widget.attrs["rows"] = 2

    def _proposals(self) -> StaleRow:
        """What the log proposes: the page's, or read anew."""
        if self.page is None:
            return proposals_for(self.lead, now=self.at, calendar=self.calendar)
        return stale_row(
            self.lead,
            facts=[event.fact for event in standing(self.page.log)],
            blockers=self.page.blockers,
            is_reviewed=self.page.is_asked,
            calendar=self.calendar,
            now=self.at,
        )

    def _offer_close(self) -> None:
        stage = Stage(self.lead.stage)
        codes = [code for code in legal_codes(stage) if code not in ONE_BY_ITSELF]
        self.codes("reason", [(code.value, str(code.label)) for code in codes])
        self.fields["reason"].required = False
        offer_staff(self, team_only=stage == Stage.SCREENED)
        if stage != Stage.SCREENED and not CRITERIA_CODES & set(codes):
            del self.fields["decided_by"]

    @property
    def caution(self) -> str:
        """That only a site lead may recover it any more (RQ4)."""
        times = self.found.times
        if times < THIRD_TIME:
            return ""
        return (
            f"Stale for the {ordinal(times)} time: only a site lead may do more than close or"
            " escalate."
        )

    def run(self, *, by: User, at: datetime) -> None:
        """Review it; the service refuses what is missing."""
        data, outcome = self.cleaned_data, RecoveryOutcome(self.cleaned_data["outcome"])
        owner = field_of(self, "owner", PersonField).chosen(data["owner"])
        if owner is None and self.lead.owner_id is None:
            owner = by
        is_close = outcome == R.CLOSE
        review_stale(
            lead=self.lead,
            patient_reason=PatientReason(data["patient_reason"]),
            process_reason=ProcessReason(data["process_reason"]),
            decided=Decided(
                outcome=outcome,
                plan=None if is_close else self.plan(self._usual(outcome, at), at),
                owner=None if is_close else owner,
                obstacle=self._obstacle() if outcome == R.OPEN_BLOCKER else None,
                close=self._close() if is_close and data["reason"] else None,
                decided_by=data.get("decided_by") if is_close else None,
                note=data["note"],
            ),
            by=by,
            at=at,
            seen=self.seen_version,
        )

    def _usual(self, outcome: RecoveryOutcome, at: datetime) -> Plan | None:
        if outcome == R.REASSIGN:
            return self.proposed(Stage(self.lead.stage), at)
        if outcome == R.OPEN_BLOCKER:
            obstacle = self._obstacle()
            if obstacle is not None and obstacle.about.review_by is not None:
                usual = obstacle.waiting_on or BLOCKER_PARTIES[obstacle.category][0]
                return self._in_hours(
                    Plan(usual_action(usual), obstacle.about.review_by), is_chosen=False
                )
        records = RecordsItem.objects.filter(lead=self.lead).values_list("state", flat=True)
        plan = usual_plan(outcome, self.lead, at=at, calendar=self.calendar, records=list(records))
        return self._in_hours(plan, is_chosen=False)

    def _obstacle(self) -> Obstacle | None:
        data = self.cleaned_data
        if not data["category"]:
            return None
        return Obstacle(
            category=BlockerCategory(data["category"]),
            waiting_on=Party(data["waiting_on"]) if data["waiting_on"] else None,
            about=Named(
                review_by=review_instant(data["review_by"], self.zone), detail=data["about"]
            ),
        )

    def _close(self) -> Close:
        data, until = self.cleaned_data, self.cleaned_data["until"]
        return Close(
            data["reason"],
            until=instant_of(until, time(9), self.zone) if until else None,
            override=data["override"],
        )

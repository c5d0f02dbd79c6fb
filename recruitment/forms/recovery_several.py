"""Reviewing several stale leads with one outcome: what the page showed, confirmed (D33)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.forms.utils import ErrorList

from accounts.models import User
from recruitment.forms.boxes import BoxesField
from recruitment.forms.fields import LineField, day_field, time_field
from recruitment.forms.recovery import usual_plan
from recruitment.models import RecordsItem
from recruitment.models.contact_files import Reach
from recruitment.models.reaches import reaches_now
from recruitment.queries.recovery import StaleRow
from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.contact_zones import CALLS, moved_into
from recruitment.rules.next_actions import Plan
from recruitment.rules.recovery import FOR_SEVERAL
from recruitment.rules.recovery_codes import PatientReason, ProcessReason, RecoveryOutcome
from recruitment.services.recovering import Confirmed, review_several
from trialsnest.lib.zones import instant_of

MAX_LINE = 200  # characters of the note
GONE = "It is not among the stale leads any more."


@dataclass(frozen=True)
class Result:
    """What became of one lead, or would; `why` says what refused it."""

    number: str
    row: StaleRow | None
    plan: Plan | None
    patient: str
    process: str
    why: str


def box_of(row: StaleRow) -> str:
    """What the box of a row sends: the lead, its version, and the reason that is confirmed."""
    return f"{row.lead.number}:{row.lead.version}:{row.process.reason}"


class RecoverSeveralForm(forms.Form):
    """Which leads, the one outcome, and by when."""

    leads = BoxesField(third=ProcessReason.values.__contains__)
    outcome = forms.ChoiceField(
        label="What is done now",
        choices=[(each.value, each.label) for each in FOR_SEVERAL],
        error_messages={"required": "Choose what is done now."},
    )
    patient_reason = forms.ChoiceField(
        label="Where each person stands",
        required=False,
        choices=[("", "As proposed for each"), *PatientReason.choices],
    )
    due_date = day_field(
        "By the day", required=False, help_text="Without one: the next working day."
    )
    due_time = time_field("At", required=False)
    take = forms.BooleanField(label="I take the leads that have no owner", required=False)
    note = LineField(label="Note", max_length=MAX_LINE, required=False)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        rows: Sequence[StaleRow],
        calendars: Mapping[int, BusinessCalendar],
    ) -> None:
        super().__init__(data, auto_id="several-%s", error_class=ErrorList)
        self.rows = {row.lead.number: row for row in rows if row.is_stale}
        self.calendars = calendars

    def clean(self) -> dict[str, Any]:
        """A day comes with its time."""
        data = super().clean() or {}
        if data.get("due_date") and not data.get("due_time"):
            self.add_error("due_time", "Choose the time too.")
        if data.get("due_time") and not data.get("due_date"):
            self.add_error("due_date", "Choose the day too.")
        return data

    @property
    def ticked(self) -> frozenset[str]:
        """The numbers of the leads that were sent, also by a form that was refused."""
        sent = self.data.getlist("leads") if hasattr(self.data, "getlist") else []
        return frozenset(str(box).split(":", 1)[0] for box in sent)

    def run(self, *, by: User, at: datetime, only_look: bool) -> list[Result]:
        """Review them, or look what would become of them. Raises InvalidInput."""
        asked = list(self._asked(by, at))
        known = [each for each in asked if isinstance(each, Confirmed)]
        done = {}
        if known:
            rows = review_several(
                rows=known,
                outcome=RecoveryOutcome(self.cleaned_data["outcome"]),
                by=by,
                at=at,
                note=self.cleaned_data["note"],
                only_look=only_look,
            )
            done = {row.asked.lead.number: row for row in rows}
        results = []
        for each in asked:
            if isinstance(each, str):
                results.append(Result(each, None, None, "", "", GONE))
                continue
            number = each.lead.number
            patient = each.patient_reason.label if each.patient_reason else ""
            process = each.process_reason.label if each.process_reason else ""
            row, why = self.rows[number], done[number].why
            results.append(Result(number, row, each.plan, str(patient), str(process), why))
        return results

    def _asked(self, by: User, at: datetime) -> Iterable[Confirmed | str]:
        """Each lead with what was confirmed of it; a number alone for one that is gone."""
        data = self.cleaned_data
        outcome = RecoveryOutcome(data["outcome"])
        boxes = [box.split(":") for box in data["leads"]]
        rows = [self.rows[number] for number, *_ in boxes if number in self.rows]
        states, reaches = _records(rows), reaches_now([row.lead for row in rows], at=at)
        for number, version, process in boxes:
            row = self.rows.get(number)
            if row is None:
                yield number
                continue
            patient = data["patient_reason"] or row.patient.reason
            yield Confirmed(
                lead=row.lead,
                seen=int(version),
                patient_reason=PatientReason(patient) if patient else None,
                process_reason=ProcessReason(process),
                plan=self._plan(
                    outcome, row, at, states.get(row.lead.pk, []), reaches[row.lead.pk]
                ),
                owner=by if data["take"] and row.lead.owner_id is None else None,
            )

    def _plan(
        self,
        outcome: RecoveryOutcome,
        row: StaleRow,
        at: datetime,
        records: Sequence[str],
        reach: Reach,
    ) -> Plan:
        """What the outcome asks for of this lead, by the day chosen on its site's clock."""
        data, calendar = self.cleaned_data, self.calendars[row.lead.study_site_id]
        usual = usual_plan(outcome, row.lead, at=at, calendar=calendar, records=records)
        due_at = usual.due_at
        if data["due_date"]:
            due_at = instant_of(data["due_date"], data["due_time"], row.zone)
        plan = Plan(usual.type, due_at)
        if plan.type not in CALLS:
            return plan
        return moved_into(plan, reach.where, reach.window)


def _records(rows: Iterable[StaleRow]) -> dict[int, list[str]]:
    """The states of the records of these leads. One statement."""
    found: dict[int, list[str]] = {}
    keys = [row.lead.pk for row in rows]
    for key, state in RecordsItem.objects.filter(lead__in=keys).values_list("lead", "state"):
        found.setdefault(key, []).append(state)
    return found

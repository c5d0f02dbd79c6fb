"""Records readiness: each item on its own way from needed to reviewed (RC1-RC4, RC7, D28).

An item is addressed by its lead and type, of which there is one. Every verb takes `plan`, the
next action that replaces the open one; without it the open one stays, because chasing a record
keeps its own date beside it (D18). Times are UTC. All raise InvalidInput naming the field, and
LeadChanged; then nothing is written. A second call with the same `seen` is refused.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import TypedDict, Unpack

from accounts.models import User
from recruitment.models import Lead, RecordsItem, StudyStaff
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan
from recruitment.rules.records import check_step, next_chase
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import CLOSED
from recruitment.rules.texts import line_of
from recruitment.rules.vocabulary import Channel, RecordsState, RecordsType
from recruitment.rules.work_codes import Authorization, RecordsResult
from recruitment.services.log import Change, change
from recruitment.services.moves import check_on_team
from recruitment.services.next_actions import replace_action
from recruitment.services.records_lists import NamedRecord, name
from recruitment.services.site_leads import leads_site
from recruitment.services.verbs import verb
from trialsnest.lib.zones import local_time

MAX_HOW, MAX_PROVIDER, MAX_REASON = 60, 120, 200  # characters
FRESH: dict[str, object] = {
    "received_at": None,
    "reviewed_at": None,
    "reviewed_by": None,
    "result": "",
    "reason": "",
    "chases": 0,
    "last_chased_at": None,
}
"""What an item that is asked for has not got yet, also when it is asked for again."""


class Step(TypedDict, total=False):
    """What every verb on one item takes. `type` is the field's word for the kind of record."""

    lead: Lead
    type: RecordsType
    by: User
    at: datetime
    seen: int | None
    plan: Plan | None
    occurred_at: datetime | None


@verb
def name_records(
    *,
    lead: Lead,
    items: Sequence[NamedRecord],
    by: User,
    at: datetime,
    seen: int | None,
    plan: Plan | None = None,
) -> list[RecordsItem]:
    """Name records that are needed, by hand (RC7); waived ones become needed again."""
    with change(lead, by=by, at=at, seen=seen) as work:
        _check_open(work)
        if not items:
            raise InvalidInput("Name at least one record.", field="type")
        made = [name(work, item) for item in items]
        if plan is not None:
            replace_action(work, plan, done=True)
        return made


@verb
def authorize_release(
    *, authorization: Authorization, on: date | None = None, **step: Unpack[Step]
) -> RecordsItem:
    """Record that the release of a record was asked for, is signed, or is not needed (RC3).

    `on` is the day on the site's clock; a signature needs one, and not one to come.
    """
    with _item(**step) as (work, item):
        today = local_time(work.at, work.lead.study_site.site.time_zone).date()
        if authorization == Authorization.SIGNED and on is None:
            raise InvalidInput("Say on which day the release was signed.", field="on")
        if on is not None and on > today:
            raise InvalidInput("That day is still to come.", field="on")
        dated = None if authorization == Authorization.NOT_NEEDED else on
        work.alter(item, authorization=authorization, authorization_on=dated)
        _say(work, item, authorization)
        return item


@verb
def request_record(*, how: str, provider: str = "", **step: Unpack[Step]) -> RecordsItem:
    """Record that the item was asked for: by whom, how and when. It is then chased (RC3, D28).

    Refused while its release is asked for and not signed. `provider` stays on site.
    """
    with _item(**step) as (work, item):
        if item.authorization == Authorization.ASKED:
            raise InvalidInput(
                "The release is asked for and not signed yet; record the signature first.",
                field="step",
            )
        values = FRESH | {
            "how": line_of(how, most=MAX_HOW, field="how", missing="Say how it was asked for."),
            "requested_at": work.occurred_at,
            "requested_by": work.by,
            "chase_at": _chase_at(work, work.occurred_at),
        }
        if provider:
            values["provider"] = line_of(provider, most=MAX_PROVIDER, field="provider")
        _become(work, item, RecordsState.REQUESTED, **values)
        return item


@verb
def chase_record(*, how: Channel, **step: Unpack[Step]) -> RecordsItem:
    """Record that a requested item was asked for again; it is no movement (D18, D28)."""
    with _item(**step) as (work, item):
        if item.state != RecordsState.REQUESTED or item.requested_at is None:
            raise InvalidInput("Only a record that was requested is chased.", field="step")
        _check_after(work, item.last_chased_at or item.requested_at)
        chases = item.chases + 1
        due = _chase_at(work, item.requested_at, chased_at=work.occurred_at, chases=chases)
        work.alter(item, chases=chases, last_chased_at=work.occurred_at, chase_at=due)
        work.add(
            EventKind.RECORDS_CHASED,
            code=item.type,
            reason_code=how,
            subject_id=item.pk,
            due_at=due,
        )
        return item


@verb
def receive_record(*, provider: str = "", **step: Unpack[Step]) -> RecordsItem:
    """Record that the item is at the site; somebody has yet to review it (RC1)."""
    with _item(**step) as (work, item):
        values: dict[str, object] = {
            "received_at": work.occurred_at,
            "reviewed_at": None,
            "reviewed_by": None,
            "result": "",
            "chase_at": None,
        }
        if provider:
            values["provider"] = line_of(provider, most=MAX_PROVIDER, field="provider")
        _become(work, item, RecordsState.RECEIVED, **values)
        return item


@verb
def review_record(*, result: RecordsResult, reason: str = "", **step: Unpack[Step]) -> RecordsItem:
    """Record what a reader found: sufficient, or more needed, which makes it incomplete (RC3)."""
    with _item(**step) as (work, item):
        sufficient = result == RecordsResult.SUFFICIENT
        missing = "" if sufficient else "Say what is missing."
        _become(
            work,
            item,
            RecordsState.REVIEWED if sufficient else RecordsState.INCOMPLETE,
            result=result,
            reviewed_at=work.occurred_at,
            reviewed_by=work.by,
            reason=line_of(reason, most=MAX_REASON, field="reason", missing=missing),
        )
        return item


@verb
def waive_record(
    *, reason: str, decided_by: StudyStaff | None = None, **step: Unpack[Step]
) -> RecordsItem:
    """Go on without the item: a site lead, or a named member of the study team, decides (RC1)."""
    with _item(**step) as (work, item):
        if decided_by is not None:
            check_on_team(decided_by, work.lead)
        elif work.by is None or not leads_site(work.by, work.lead.study_site):
            raise InvalidInput(
                "A record is waived by the site lead, or by somebody of the study team: name who"
                " decided.",
                field="decided_by",
            )
        _become(
            work,
            item,
            RecordsState.WAIVED,
            reason=_reason(reason, "Say why the record is waived."),
            decided_by=decided_by,
            chase_at=None,
        )
        return item


@verb
def give_up_record(*, reason: str, **step: Unpack[Step]) -> RecordsItem:
    """Record that the item cannot be obtained, and why; the roll-up goes on to show it (RC1)."""
    with _item(**step) as (work, item):
        said = _reason(reason, "Say why the record cannot be obtained.")
        _become(work, item, RecordsState.UNOBTAINABLE, reason=said, chase_at=None)
        return item


@verb
def drop_record(*, reason: str = "", **step: Unpack[Step]) -> RecordsItem:
    """Record that the item is not required after all (RC1)."""
    with _item(**step) as (work, item):
        said = line_of(reason, most=MAX_REASON, field="reason")
        _become(work, item, RecordsState.NOT_REQUIRED, reason=said, chase_at=None)
        return item


@contextmanager
def _item(**step: Unpack[Step]) -> Iterator[tuple[Change, RecordsItem]]:
    """Open a change on one item of the lead; the plan replaces the next action at its end."""
    with change(
        step["lead"],
        by=step["by"],
        at=step["at"],
        seen=step["seen"],
        occurred_at=step.get("occurred_at"),
    ) as work:
        _check_open(work)
        item = RecordsItem.objects.filter(lead=work.lead, type=step["type"]).first()
        if item is None:
            raise InvalidInput(
                f"{RecordsType(step['type']).label} is not on the lead's list; name it first.",
                field="step",
            )
        yield work, item
        plan = step.get("plan")
        if plan is not None:
            replace_action(work, plan, done=True)


def _become(work: Change, item: RecordsItem, state: RecordsState, **values: object) -> None:
    check_step(RecordsState(item.state), state)
    _check_after(work, item.changed_at)
    work.alter(item, state=state, changed_at=work.occurred_at, **values)
    _say(work, item, state)


def _say(work: Change, item: RecordsItem, code: str) -> None:
    work.add(EventKind.RECORDS_CHANGED, code=code, reason_code=item.type, subject_id=item.pk)


def _chase_at(
    work: Change, requested_at: datetime, *, chased_at: datetime | None = None, chases: int = 0
) -> datetime:
    return next_chase(requested_at, work.terms, chased_at=chased_at, chases=chases).at


def _reason(reason: str, missing: str) -> str:
    return line_of(reason, most=MAX_REASON, field="reason", missing=missing)


def _check_open(work: Change) -> None:
    if work.state.stage in CLOSED:
        raise InvalidInput("Reopen the lead before working on its records.", field="step")


def _check_after(work: Change, moment: datetime) -> None:
    if work.occurred_at < moment:
        raise InvalidInput("The record came to where it is only later than that.", field="on")

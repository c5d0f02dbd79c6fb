"""Whether a call may be planned for a time, on the clock of the person's own zone (CK8, OA9)."""

from dataclasses import replace
from datetime import datetime

from recruitment.models.contact_files import Reach, reach_of
from recruitment.rules.contact_zones import CALLS, check_planned
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.vocabulary import ActionType, BlockerCategory, Channel
from recruitment.services.log import Change

TIMED = CALLS | {ActionType.MESSAGE}
ASK_FOR_BASIS = "To whoever sent the lead: ask for permission to contact"
BY_MESSAGE = (Channel.EMAIL, Channel.TEXT, Channel.SECURE_MESSAGE, Channel.LETTER)


def reach_for(work: Change) -> Reach:
    """How the person of the changed lead may be reached now. At most two statements."""
    return reach_of(
        work.lead,
        at=work.at,
        stage=work.state.stage,
        has_basis=not is_blocked(work),
        row=work.contact_row(),
    )


def is_blocked(work: Change) -> bool:
    """Whether the lead waits for a contact basis (IN3)."""
    return any(b.category == BlockerCategory.CONTACT_PERMISSION for b in work.state.blockers)


def is_forbidden(work: Change, reach: Reach, channel: Channel) -> bool:
    """Whether an opt-out, and not only a missing number or yes, ends this channel (DN4)."""
    place = work.lead.study_site
    return channel in reach.refused and any(
        entry.covers(channel, study_id=place.study_id, site_id=place.site_id)
        for entry in reach.contact.forbidden
    )


def as_permitted(plan: Plan, reach: Reach, *, at_the_latest: datetime) -> Plan:
    """A proposed call or message as it may be made: what every channel refuses is not proposed.

    By message where only that is left; to whoever sent the lead while no basis stands; and a
    decision, `at_the_latest` (UTC), where the person wants no contact.
    """
    if plan.type in CALLS and Channel.PHONE in reach.allowed:
        return plan
    way = next((channel for channel in BY_MESSAGE if channel in reach.allowed), None)
    if way is not None:
        return replace(plan, type=ActionType.MESSAGE, detail=f"By {way.label.lower()}")
    if reach.contact.forbidden:
        return Plan(ActionType.DECIDE_CLOSE, at_the_latest)
    return replace(plan, type=ActionType.MESSAGE, detail=ASK_FOR_BASIS)


def check_contact_plan(work: Change, plan: Plan, reach: Reach | None = None) -> None:
    """Refuse a call planned outside the hours for contact, or to somebody who wants none (OA9).

    A message is held to the hours where a text is agreed to, for it may be one, and refused where
    no way to send one is left. While no basis stands a message goes to somebody else. At most two
    statements; none for other actions, nor with a `reach` that was read already.
    """
    if plan.type not in TIMED or (plan.type == ActionType.MESSAGE and is_blocked(work)):
        return
    reach = reach or reach_for(work)
    channels = (Channel.PHONE,) if plan.type in CALLS else BY_MESSAGE
    if all(is_forbidden(work, reach, channel) for channel in channels):
        raise InvalidInput(reach.refused[channels[0]], field="action")
    check_planned(plan, reach.where, reach.window, may_text=reach.may_text)

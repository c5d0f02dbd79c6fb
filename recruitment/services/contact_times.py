"""Whether a call may be planned for a time, on the clock of the person's own zone (CK8, OA9)."""

from recruitment.models.contact_files import Reach, reach_of
from recruitment.rules.contact_zones import CALLS, check_planned
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.vocabulary import ActionType, BlockerCategory, Channel
from recruitment.services.log import Change

TIMED = CALLS | {ActionType.MESSAGE}
BY_MESSAGE = (Channel.EMAIL, Channel.TEXT, Channel.SECURE_MESSAGE, Channel.LETTER)


def reach_for(work: Change) -> Reach:
    """How the person of the changed lead may be reached now. At most two statements."""
    return reach_of(work.lead, at=work.at, stage=work.state.stage, has_basis=not is_blocked(work))


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

"""What a contact must pass before it is logged or planned (OA7-OA9, CD3, DU4)."""

from datetime import datetime

from recruitment.models import Lead
from recruitment.models.contact_files import Reach
from recruitment.rules.cadence import Cadence
from recruitment.rules.contact_hours import HARD_LIMIT
from recruitment.rules.contact_zones import is_within
from recruitment.rules.permissions import Try
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.vocabulary import Channel, ContactResult
from recruitment.rules.work_codes import Gate
from recruitment.services.log import Change
from recruitment.services.overrides import write_override
from trialsnest.lib.words import age, clock, day_short, local

TIMED = frozenset({Channel.PHONE, Channel.TEXT})


def check_channel(reach: Reach, channel: Channel, *, field: str = "channel") -> None:
    """Refuse a channel that may not be used, saying why (OA7)."""
    refused = reach.refused.get(channel)
    if refused:
        raise InvalidInput(refused, field=field)


def check_alone(work: Change, reach: Reach) -> None:
    """Refuse unless nobody else tried this person of late, on any lead of hers (OA8, DU4)."""
    tried = others_try(reach, by_id=work.by.pk if work.by else None)
    if tried is not None:
        raise InvalidInput(warning_of(tried, work.lead, at=work.at), field="sure")


def others_try(reach: Reach, *, by_id: int | None) -> Try | None:
    """The latest attempt of the last 20 hours that somebody else made on this person."""
    return next((tried for tried in reach.contact.tries if tried.by_id != by_id), None)


def warning_of(tried: Try, lead: Lead, *, at: datetime) -> str:
    """Who tried and when, in one sentence. Another study is not named: not all may know of it."""
    return f"{_told(tried, lead, at=at)}. Tick “Log anyway” if you made this contact too."


def tried_words(reach: Reach, lead: Lead, *, by_id: int, at: datetime) -> str:
    """The same before anything is logged: who else tried and when; "" for nobody."""
    tried = others_try(reach, by_id=by_id)
    return f"{_told(tried, lead, at=at)}." if tried is not None else ""


def _told(tried: Try, lead: Lead, *, at: datetime) -> str:
    there = local(tried.at, lead.study_site.site.time_zone)
    about = "" if tried.lead_id == lead.pk else " about another study"
    return (
        f"{tried.who} tried this person{about} {age(at - tried.at)} ago, {day_short(there)} "
        f"{clock(there)}: {ContactResult(tried.result).label.lower()}"
    )


def check_attempts(work: Change, cadence: Cadence, reason: str) -> None:
    """Refuse an attempt past the study's maximum, unless a site lead gives a reason (CD3)."""
    if work.state.attempts < cadence.max_attempts:
        return
    said = (
        f"The study allows {cadence.max_attempts} attempts without an answer, and "
        f"{work.state.attempts} were made."
    )
    if not reason.strip():
        raise InvalidInput(f"{said} A site lead may go on with a reason.", field="override")
    write_override(work, Gate.ATTEMPTS, reason, missing=said)


def hours_note(reach: Reach, channel: Channel, at: datetime) -> str:
    """What to write beside a call or text that was made outside 08:00 to 21:00; "" for others."""
    if channel not in TIMED or is_within(at, reach.where, HARD_LIMIT):
        return ""
    return f"Made outside the hours for contact: {reach.where.local(at)}."

"""Why a lead that was found elsewhere does not stand in somebody's own queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from recruitment.rules.stages import CLOSED, Bucket, Stage, bucket_of
from trialsnest.lib.words import clock, day_short, local


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What decides whether an open lead is listed for its reader (D15, D16, D28, D32, RQ1).

    `owner` is the owner's name, empty for nobody; `works_here` says whether the reader works the
    leads of the study at its site. Instants are UTC, `zone` is the site's.
    """

    stage: Stage
    owner: str
    is_mine: bool
    works_here: bool
    stale_at: datetime | None
    has_first_action: bool
    is_promised: bool
    is_held: bool
    is_halted: bool
    has_visit: bool
    due_at: datetime | None
    zone: str


def why_not(lead: Standing, *, now: datetime) -> Sequence[str]:
    """The reasons, each a sentence; none where the lead is listed in the reader's own queue.

    The list is Mine before a bucket is chosen: open leads of one's own, those in Stale apart.
    """
    if lead.stage in CLOSED:
        how = "" if lead.stage == Stage.CLOSED_OTHER else f": {lead.stage.label.lower()}"
        return [f"It is closed{how}."]
    reasons = []
    if not lead.is_mine:
        reasons.append(f"{lead.owner} owns it." if lead.owner else "Nobody owns it yet.")
    if not lead.works_here:
        reasons.append("You do not work the leads of this study here.")
    reasons += _elsewhere(lead, now)
    return reasons


def at_the_end(lead: Standing) -> str:
    """Why it is listed last although it is one's own; empty for all others."""
    if lead.is_halted and not lead.has_visit:
        return "Its study is halted here, so it stands at the very end."
    if lead.is_held and not lead.is_promised:
        return "It is on a list that is not released yet, so it stands at the very end."
    return ""


def _elsewhere(lead: Standing, now: datetime) -> list[str]:
    if not lead.has_first_action or lead.is_promised:
        return []  # what nobody has acted on, and what was promised, is listed though it is stale
    if lead.stage == Stage.NO_RESPONSE:
        until = f" until {_when(lead.due_at, lead.zone)}" if lead.due_at else ""
        return [f"Its call-back window runs{until}: it stands in Stale and Recovery."]
    if bucket_of(lead.stage, stale_at=lead.stale_at, at=now) == Bucket.STALE:
        since = f" since {_when(lead.stale_at, lead.zone)}" if lead.stale_at else ""
        return [f"It is stale{since}: it stands in Stale and Recovery."]
    return []


def _when(at: datetime, zone: str) -> str:
    there = local(at, zone)
    return f"{day_short(there)} {clock(there)}"

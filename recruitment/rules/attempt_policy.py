"""What must have been tried before somebody counts as not reached (9.2 contact_unreached; D27)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from recruitment.rules.vocabulary import Channel
from trialsnest.lib.words import counted, day_short
from trialsnest.lib.zones import local_time


@dataclass(frozen=True)
class AttemptPolicy:
    """How many attempts a cadence makes, and how long somebody may call back after the last."""

    attempts: int
    call_back: timedelta


@dataclass(frozen=True)
class Tried:
    """One outbound attempt since the person last answered. `at` is UTC."""

    channel: Channel
    at: datetime


def missing_for_unreached(
    tried: Iterable[Tried],
    *,
    policy: AttemptPolicy,
    usable: Collection[Channel],
    agreed: Collection[Channel],
    at: datetime,
    zone: str,
) -> list[str]:
    """What the cadence still asks for, each as a phrase; empty when it was used up.

    `usable` are the channels on which the person may be contacted, and only attempts on them
    count; where there is none, one attempt ever is enough. `agreed` are those she said yes to and
    can be reached on: each must have been tried. `zone` is the site's, for the window's last day.
    """
    tried = list(tried)
    made = [attempt for attempt in tried if attempt.channel in usable]
    needed = policy.attempts if usable else 0
    missing = [] if tried or usable else ["no attempt was made"]
    if len(made) < needed:
        missing.append(f"{len(made)} of {counted(needed, 'attempt')} made")
    used = {attempt.channel for attempt in made}
    missing += [
        f"{_word(channel)}, which is allowed, was not tried"
        for channel in Channel
        if channel in agreed and channel not in used
    ]
    if tried:
        ends = max(attempt.at for attempt in tried) + policy.call_back
        if at < ends:
            missing.append(f"call-back window ends {day_short(local_time(ends, zone))}")
    return missing


def _word(channel: Channel) -> str:
    return str(channel.label).lower()

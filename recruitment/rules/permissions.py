"""By which channels somebody may be contacted now, and why not by others (OA7, DN1-DN4, D25)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import TextChoices

from recruitment.rules.contact_zones import ContactZones, contact_zones
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType, Channel, PermissionState

OPTED_OUT = "opted out"  # how a "no" was given that a do-not-contact entry stands beside
WITHIN_HOURS = 20  # of another attempt, somebody is asked before the next is logged (OA8)
CONSENTED = frozenset({Stage.SCREENED, Stage.ENROLLED})
KIND_OF: Mapping[Channel, str] = {
    Channel.PHONE: "phone",
    Channel.TEXT: "phone",
    Channel.EMAIL: "email",
}
"""What must be on file for a channel. Letters, secure messages and visits need nothing here."""

KIND_WORDS = {"phone": "phone number", "email": "e-mail address"}
CONTACT_ACTIONS = frozenset(
    {
        ActionType.CALL,
        ActionType.MESSAGE,
        ActionType.SEND_PRESCREEN,
        ActionType.FINISH_PRESCREEN,
        ActionType.OFFER_DATES,
        ActionType.CONFIRM_VISIT,
        ActionType.SEND_PREPARATION,
        ActionType.MISSED_VISIT,
    }
)
"""Next actions by which somebody reaches out to the person; an opt-out ends them (DN4)."""

BY_PHONE = frozenset({ActionType.CALL, ActionType.FINISH_PRESCREEN})


class Scope(TextChoices):
    """What an opt-out ends (DN3)."""

    CHANNEL = "channel", "This channel only"
    STUDY = "study", "This study"
    SITE = "site", "All studies at this site"
    ORGANISATION = "organisation", "Everything here"


@dataclass(frozen=True)
class Point:
    """One phone number (E.164) or e-mail address, and whose it is (D24)."""

    key: int
    kind: str
    value: str = field(repr=False)
    whose: str
    whose_words: str
    voicemail_ok: bool


@dataclass(frozen=True)
class Said:
    """The person's latest word on one channel (DN1). `at` is UTC."""

    state: PermissionState
    how: str
    wording: str
    at: datetime


@dataclass(frozen=True)
class Forbidden:
    """A do-not-contact entry that one of the person's contact points matches (DN3, DN4)."""

    scope: Scope
    channel: str
    study_id: int | None
    site_id: int | None

    def covers(self, channel: Channel, *, study_id: int, site_id: int) -> bool:
        """Whether it speaks of this channel in this study at this site."""
        if self.scope == Scope.CHANNEL:
            return self.channel == channel
        if self.scope == Scope.STUDY:
            return self.study_id == study_id
        return self.scope == Scope.ORGANISATION or self.site_id == site_id


@dataclass(frozen=True)
class Try:
    """An outbound attempt of late, on any lead of the person. `at` is UTC."""

    at: datetime
    lead_id: int
    by_id: int | None
    who: str
    result: str


@dataclass(frozen=True)
class ContactFile:
    """What is known of how one person may be reached."""

    points: tuple[Point, ...]
    said: Mapping[Channel, Said]
    forbidden: tuple[Forbidden, ...]
    tries: tuple[Try, ...]
    stated_zone: str
    location_band: str
    is_halted: bool = False  # the study, at the site of the lead that was asked about (D32)

    @property
    def phones(self) -> tuple[Point, ...]:
        """The telephone numbers."""
        return tuple(point for point in self.points if point.kind == "phone")

    @property
    def emails(self) -> tuple[Point, ...]:
        """The e-mail addresses."""
        return tuple(point for point in self.points if point.kind == "email")

    def zones(self, site_zone: str) -> ContactZones:
        """Where the person's clock is read (D29)."""
        return contact_zones(
            stated=self.stated_zone,
            location_band=self.location_band,
            site_zone=site_zone,
            phones=[point.value for point in self.phones],
        )

    def is_opted_out(self, *, study_id: int, site_id: int) -> bool:
        """Whether an entry ends every channel for this study at this site."""
        return any(
            entry.scope != Scope.CHANNEL
            and entry.covers(Channel.PHONE, study_id=study_id, site_id=site_id)
            for entry in self.forbidden
        )


def refusals(
    contact: ContactFile, *, study_id: int, site_id: int, stage: Stage, has_basis: bool = True
) -> dict[Channel, str]:
    """Why a channel may not be used, for each that may not; a channel left out is allowed.

    An opt-out governs recruiting only: somebody who has consented stays reachable for the study
    team (D25), except that a text always needs a yes, and the word on that channel stands.
    """
    found: dict[Channel, str] = {}
    for channel in Channel:
        sentence = _refusal(contact, channel, study_id, site_id, stage in CONSENTED, has_basis)
        if sentence:
            found[channel] = sentence
    return found


def _refusal(
    contact: ContactFile,
    channel: Channel,
    study_id: int,
    site_id: int,
    consented: bool,
    has_basis: bool,
) -> str:
    for entry in contact.forbidden:
        governs = not consented or entry.scope == Scope.CHANNEL
        if governs and entry.covers(channel, study_id=study_id, site_id=site_id):
            return f"The person asked not to be contacted: {entry.scope.label.lower()}."
    if not has_basis:
        return "No contact basis is recorded."
    said = contact.said.get(channel)
    by_opt_out = said is not None and said.how.startswith(OPTED_OUT)
    if said is not None and said.state == PermissionState.NO and not (consented and by_opt_out):
        return f"The person said no to this ({channel.label.lower()})."
    if channel == Channel.TEXT and (said is None or said.state != PermissionState.YES):
        return "A text message needs a recorded yes, and there is none."
    kind = KIND_OF.get(channel)
    if kind is not None and all(point.kind != kind for point in contact.points):
        return f"No {KIND_WORDS[kind]} is on file."
    return ""


def allowed(refused: Mapping[Channel, str]) -> list[Channel]:
    """The channels that are not refused, in the order of the list."""
    return [channel for channel in Channel if channel not in refused]

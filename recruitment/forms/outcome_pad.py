"""The outcome pad: which result stands on which key, what it asks for and what follows it (D20)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from recruitment.forms.lead_form import NextStepForm
from recruitment.rules.cadence import INSTEAD, Cadence, next_attempt
from recruitment.rules.next_actions import Plan
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType, Channel, ContactResult
from recruitment.services.cadences import cadence_of
from recruitment.services.outreach import FREELY

R = ContactResult
BY_KEY: Mapping[str, ContactResult] = {
    "1": R.REACHED,
    "2": R.NO_ANSWER,
    "3": R.VOICEMAIL,
    "4": R.CALL_LATER,
    "5": R.SENT,
    "6": R.REPLIED,
    "7": R.CALLED_US,
    "8": R.BUSY,
    "9": R.WRONG_PERSON,
    "0": R.UNDELIVERABLE,
}
SECOND: Mapping[str, ContactResult] = {"1": R.WRONG_NUMBER, "2": R.OPTED_OUT}
"""What ends something needs a second key, after `m`; deceased stands beside these as a close."""
DECEASED_KEY = "3"
AT_ONCE: frozenset[ContactResult] = frozenset(
    {R.NO_ANSWER, R.VOICEMAIL, R.SENT, R.BUSY, R.WRONG_PERSON, R.UNDELIVERABLE}
)
"""Results that need nothing more: the cadence says what comes next, and they save at once."""
BY_CALL: frozenset[ContactResult] = frozenset({R.NO_ANSWER, R.VOICEMAIL, R.BUSY})
"""Results that only a phone call has."""
OF_NUMBER: frozenset[ContactResult] = frozenset({R.WRONG_NUMBER, R.WRONG_PERSON})
BY_NUMBER: frozenset[Channel] = frozenset({Channel.PHONE, Channel.TEXT})
MESSAGES: frozenset[ContactResult] = frozenset({R.SENT, R.UNDELIVERABLE, R.REPLIED})
"""Results of a written message; they are no phone call unless somebody says so."""
SHORT: Mapping[ContactResult, str] = {
    R.VOICEMAIL: "Voicemail",
    R.CALL_LATER: "Asked to call later",
    R.WRONG_PERSON: "Somebody else",
    R.UNDELIVERABLE: "Not delivered",
}
"""What stands on a key where the usual words are too long for it."""
SEVERAL = 2
ROWS = (("prescreen", "Prescreen"), ("to", "Stage"))
MOVE_KEYS: Sequence[str] = ("q", "w", "e", "r", "t", "y", "i", "p", "a", "f")
"""Keys of the second row, what the contact moved, in the order in which it stands."""


@dataclass(frozen=True)
class PadKey:
    """One result on the pad."""

    value: str
    label: str
    key: str
    saves: bool  # at once, as a button of its own
    kind: str  # which proposal is shown when it is chosen: quiet, wrong, answered, later or ends
    checked: bool


@dataclass(frozen=True)
class Move:
    """One thing that a contact may have moved, its key, and what would come next."""

    choice: Any  # the radio button (a BoundWidget)
    key: str
    then: str


@dataclass(frozen=True)
class MoveRow:
    """One part of the second row."""

    name: str
    label: str
    moves: Sequence[Move]
    errors: Any


def kind_of(result: ContactResult) -> str:
    """Which proposal follows a result."""
    if result == R.CALL_LATER:
        return "later"
    if result == R.OPTED_OUT:
        return "ends"
    if result == R.WRONG_NUMBER:
        return "wrong"
    return "answered" if result in {R.REACHED, R.REPLIED, R.CALLED_US} else "quiet"


def is_possible(result: ContactResult, allowed: Collection[Channel]) -> bool:
    """Whether some allowed channel can have such a result; what the person does always can."""
    if result in FREELY:
        return True
    if result in BY_CALL:
        return Channel.PHONE in allowed
    if result in OF_NUMBER:
        return bool(BY_NUMBER & {*allowed})
    return bool({*INSTEAD[1:]} & {*allowed} if result in MESSAGES else allowed)


def pad_keys(keys: Mapping[str, ContactResult], chosen: str, *, asks: bool) -> list[PadKey]:
    """The results of `keys` in their order; none saves at once while the form `asks` for more."""
    return [
        PadKey(
            value=result.value,
            label=SHORT.get(result, result.label),
            key=key,
            saves=result in AT_ONCE and not asks,
            kind=kind_of(result),
            checked=result.value == chosen,
        )
        for key, result in keys.items()
    ]


def answered(stage: Stage) -> Stage:
    """The stage that a first answer leads to (3.1)."""
    return Stage.CONTACTED if stage in {Stage.NEW_INQUIRY, Stage.NO_RESPONSE} else stage


class OutcomePad(NextStepForm):
    """What the pad shows. All proposals come with it, so that choosing costs no request."""

    @cached_property
    def cadence(self) -> Cadence:
        """The study's plan of attempts."""
        return cadence_of(self.lead.study_site.study)

    @property
    def is_over(self) -> bool:
        """Whether the study's maximum of attempts is used up (CD3)."""
        return self.lead.attempts >= self.cadence.max_attempts

    @property
    def keys(self) -> list[PadKey]:
        """The first row. Nothing saves at once where the form came back or no try is left."""
        return pad_keys(self._offered(BY_KEY), self._chosen, asks=self.is_bound or self.is_over)

    @property
    def careful_keys(self) -> list[PadKey]:
        """The same where a colleague tried of late: that must be read first (OA8)."""
        return pad_keys(self._offered(BY_KEY), self._chosen, asks=True)

    @property
    def second_keys(self) -> list[PadKey]:
        """The results that need a second key."""
        return pad_keys(self._offered(SECOND), self._chosen, asks=True)

    @property
    def left_out(self) -> str:
        """Why results are missing from the pad: no allowed channel has them (OA7); "" for none."""
        if Channel.PHONE in self.reach.allowed:
            return ""
        why = self.reach.refused[Channel.PHONE]
        if self.reach.allowed:
            return f"No calls: {why}"
        return f"Nobody reaches out: {why} What the person does can be logged."

    def _offered(self, keys: Mapping[str, ContactResult]) -> Mapping[str, ContactResult]:
        """The results that are possible now, each on its own key; and what was chosen before."""
        allowed, chosen = self.reach.allowed, self._chosen
        return {
            key: result
            for key, result in keys.items()
            if result == chosen or is_possible(result, allowed)
        }

    @property
    def second_chosen(self) -> bool:
        """Whether the form came back with one of them."""
        return any(key.checked for key in self.second_keys)

    @property
    def deceased_key(self) -> str:
        """The second key of what is a close with its own form (D30)."""
        return DECEASED_KEY

    @property
    def _chosen(self) -> str:
        """The result that the form came back with, or that its draft holds."""
        if self.is_bound:
            return str(self.data.get("outcome", ""))
        return str(self.initial.get("outcome", "")) if self.draft_back else ""

    def moves(self) -> list[MoveRow]:
        """The second row: how far the prescreen came, and where the lead goes (OA4)."""
        keys = iter(MOVE_KEYS)
        return [self._row(name, label, keys) for name, label in ROWS]

    def _row(self, name: str, label: str, keys: Iterator[str]) -> MoveRow:
        offered = []
        for choice in self[name]:
            value = str(choice.data["value"])
            if name == "prescreen" and value == self.lead.prescreen:
                continue
            then = ""
            if name == "to" and value:
                then = self.words_of(self.proposed(Stage(value), self.at))
            offered.append(Move(choice, next(keys, "") if value else "", then))
        return MoveRow(name, label, offered, self[name].errors)

    def proposals(self) -> list[tuple[str, str]]:
        """What is proposed after each kind of result, in words."""
        after = self.words_of(self.proposed(answered(Stage(self.lead.stage)), self.at))
        quiet = [("quiet", self.words_of(self.next_try(self.at)))] if self.reach.allowed else []
        return [
            *quiet,
            ("wrong", self.words_of(self.next_try(self.at, but=self.lost_channels))),
            ("answered", after),
            ("later", f"{self._again.label}, at the time the person asked for"),
            ("ends", "Contact ends at once; what was planned is canceled"),
        ]

    @property
    def _again(self) -> ActionType:
        """How somebody is got back to who asked for it."""
        calls = Channel.PHONE in self.reach.allowed
        return ActionType.CALL if calls else ActionType.MESSAGE

    @property
    def lost_channels(self) -> frozenset[Channel]:
        """What a wrong number ends: calls and texts, where it is the only one."""
        return BY_NUMBER if len(self.reach.contact.phones) < SEVERAL else frozenset()

    def next_try(self, at: datetime, *, but: Collection[Channel] = ()) -> Plan:
        """The cadence's next step after an attempt nobody answered, on any channel `but` these."""
        return next_attempt(
            self.lead.attempts + 1,
            cadence=self.cadence,
            at=at,
            calendar=self.calendar,
            where=self.reach.where,
            window=self.reach.window,
            permitted=[channel for channel in self.reach.allowed if channel not in but],
        )

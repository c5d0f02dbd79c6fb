"""What a study calls its stages and says about them, and what it may set (LB1-LB4, D13)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from recruitment.rules.boundary import check_boundary
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.stages import ACTION_TEXT, Stage
from recruitment.rules.staleness import REST_DAYS, rest_unit

LONG, SHORT, TEXT = 40, 24, 300  # characters of a label, a short label, and help or action text
MOST_REST_DAYS = 60  # business days; of screened leads calendar days

HIDEABLE: frozenset[Stage] = frozenset({Stage.AWAITING_PRESCREEN, Stage.RECORDS_NEEDED})
"""Stages that a study may do without.

The flow itself uses the others: every lead begins as a new inquiry, an answered call makes it
contacted, a reopened lead comes back to review, a missed visit goes back to scheduling, a visit
makes it scheduled and screened, the cadence ends in no response, and three stages end the work.
"""

RESTING: frozenset[Stage] = frozenset(REST_DAYS) - {Stage.NO_RESPONSE}
"""Stages whose rest a study may set here. No response has its call-back window, the others none."""


@dataclass(frozen=True)
class StageWords:
    """One stage as a study words it. `rest_days` is None where the usual ones count."""

    stage: Stage
    label: str
    short_label: str
    help_text: str
    action_text: str
    is_hidden: bool = False
    rest_days: int | None = None


class SameAction(Refusal):
    """Two visible stages ask for the same action, and nobody said that this is meant (LB2)."""


def words_of(stage: Stage) -> StageWords:
    """The usual words of a stage (D1, 3.1)."""
    return StageWords(stage, stage.label, stage.label, "", ACTION_TEXT[stage])


def hidden_stages(words: Mapping[Stage, StageWords]) -> frozenset[Stage]:
    """The stages that the study does without."""
    return frozenset(stage for stage, said in words.items() if said.is_hidden)


def same_action(words: Iterable[StageWords]) -> list[tuple[Stage, Stage]]:
    """Pairs of visible stages whose action texts read the same (LB2); letter case is no difference.

    Stages that end the work ask for nothing and are left out.
    """
    shown: dict[str, Stage] = {}
    pairs = []
    for said in words:
        text = " ".join(said.action_text.split()).rstrip(".").casefold()
        if said.is_hidden or not text or said.stage not in RESTING:
            continue
        if text in shown:
            pairs.append((shown[text], said.stage))
        shown.setdefault(text, said.stage)
    return pairs


def check_words(said: StageWords, others: Iterable[StageWords]) -> None:
    """Refuse words that may not stand for the stage, naming the field (LB1-LB3).

    `others` are the study's other stages: two of one name could not be told apart.
    """
    _check_lengths(said)
    if not said.is_hidden and not said.action_text:
        raise InvalidInput("Say what staff do about a lead in this stage.", field="action_text")
    for field in ("label", "short_label", "help_text", "action_text"):
        check_boundary(getattr(said, field), field=field)
    for other in others:
        for field in ("label", "short_label"):
            mine = getattr(said, field).casefold()
            if mine in {other.label.casefold(), other.short_label.casefold()}:
                raise InvalidInput(
                    f"“{getattr(said, field)}” is the name of another stage of this study."
                    " Choose one that tells them apart.",
                    field=field,
                )
    if said.is_hidden and said.stage not in HIDEABLE:
        raise InvalidInput(
            f"{said.stage.label} cannot be hidden: leads come to it by themselves. Stages that can"
            f" be hidden: {', '.join(stage.label for stage in Stage if stage in HIDEABLE)}.",
            field="is_hidden",
        )
    _check_rest(said)


def _check_lengths(said: StageWords) -> None:
    if not said.label:
        raise InvalidInput("Give the stage a label.", field="label")
    limits = {"label": LONG, "short_label": SHORT, "help_text": TEXT, "action_text": TEXT}
    for field, limit in limits.items():
        if len(getattr(said, field)) > limit:
            raise InvalidInput(f"At most {limit} characters.", field=field)


def _check_rest(said: StageWords) -> None:
    if said.rest_days is None:
        return
    if said.stage not in RESTING:
        raise InvalidInput(
            f"{said.stage.label} does not rest for a number of business days; leave it empty.",
            field="rest_days",
        )
    if not 1 <= said.rest_days <= MOST_REST_DAYS:
        raise InvalidInput(
            f"From 1 to {MOST_REST_DAYS} {rest_unit(said.stage)}s, or empty for the usual"
            f" {REST_DAYS[said.stage]}.",
            field="rest_days",
        )

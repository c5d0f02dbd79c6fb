"""The choices that a site offers with a question, each short and on its own line (12.1, 15)."""

from collections.abc import Sequence

from recruitment.rules.asks.codes import AnswerChoice
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.texts import line_of

FEWEST_OPTIONS, MOST_OPTIONS, MAX_OPTION = 2, 5, 120  # characters of each
LONGEST_OPTIONS = MOST_OPTIONS * (MAX_OPTION + 1)
KEPT = rf"^([^\n]{{1,{MAX_OPTION}}}(\n[^\n]{{1,{MAX_OPTION}}}){{1,{MOST_OPTIONS - 1}}})?$"
"""What the options of an ask look like as they are kept: one a line, or nothing."""
NAMES_OPTION = frozenset({AnswerChoice.AGREED, AnswerChoice.PARTLY, AnswerChoice.IN_WORDS})
"""Answers that may name one of the options."""


def options_of(text: str) -> tuple[str, ...]:
    """The options as they are kept or typed, one a line; blank lines are none."""
    return tuple(line.strip() for line in text.split("\n") if line.strip())


def cleaned_options(options: Sequence[str]) -> tuple[str, ...]:
    """The options without what is blank, each on one line; nothing for none.

    Raises InvalidInput at `options` for one that is alone, more than five, one that is too long or
    stands there twice.
    """
    found = []
    for place, option in enumerate(options, start=1):
        try:
            found.append(line_of(option, most=MAX_OPTION, field="options"))
        except InvalidInput as refusal:
            raise InvalidInput(
                f"Option {place} is longer than {MAX_OPTION} characters.", field="options"
            ) from refusal
    kept = tuple(option for option in found if option)
    if len({option.casefold() for option in kept}) < len(kept):
        raise InvalidInput("Two options are the same.", field="options")
    if kept and not FEWEST_OPTIONS <= len(kept) <= MOST_OPTIONS:
        raise InvalidInput(
            f"Offer {FEWEST_OPTIONS} to {MOST_OPTIONS} options, one a line, or none.",
            field="options",
        )
    return kept


def check_option(option: str, choice: AnswerChoice, *, offered: Sequence[str]) -> None:
    """Raise InvalidInput at `option` unless an answer `choice` may name it; "" names none."""
    if not option:
        return
    if option not in offered:
        raise InvalidInput("The question does not offer this option.", field="option")
    if choice not in NAMES_OPTION:
        raise InvalidInput(
            f"“{choice.label}” goes with no option. Choose none of them, or another answer.",
            field="option",
        )

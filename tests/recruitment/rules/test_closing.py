"""Every close code in each closed stage."""

from itertools import product

import pytest

from recruitment.rules.closing import CRITERIA_CODES, RULES, CloseCode, check_close
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage


@pytest.mark.parametrize(
    ("code", "target"), list(product(CloseCode, [Stage.NOT_QUALIFIED, Stage.CLOSED_OTHER]))
)
def test_criteria_close_as_not_qualified_and_nothing_else_does(
    code: CloseCode, target: Stage
) -> None:
    if (code in CRITERIA_CODES) == (target == Stage.NOT_QUALIFIED):
        assert check_close(code, target) == code
    else:
        with pytest.raises(InvalidInput):
            check_close(code, target)


@pytest.mark.parametrize("code", ["", "not_eligible", "NO"])
def test_s15_closing_needs_a_known_main_reason(code: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_close(code, Stage.CLOSED_OTHER)

    assert refusal.value.field == "reason"


def test_s15_no_reason_is_called_not_eligible() -> None:
    assert not [code for code in CloseCode if "eligible" in code.label.lower()]


def test_every_code_has_a_family_a_class_and_a_phase() -> None:
    assert set(RULES) == set(CloseCode)

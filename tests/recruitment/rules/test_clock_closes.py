"""What a close does to the clocks that run."""

import pytest

from recruitment.rules.clock_facts import BLAMELESS
from recruitment.rules.closing import CloseCode
from recruitment.rules.events import Fact
from recruitment.rules.projection import LeadState
from recruitment.rules.stages import Stage
from tests.recruitment.rules.clock_logs import Log
from tests.recruitment.rules.clock_table import LONG_AGO, NOW, K, S, T, Was, after, running

RUN_ALL = [target for target in T if target != T.ASK_ANSWER]
ALL = {clock.name: clock for clock in map(running, RUN_ALL)}
STATE = LeadState(seq=9, stage=S.CONTACTED, stage_entered_at=LONG_AGO, received_at=LONG_AGO)


@pytest.mark.parametrize("code", [*CloseCode, ""])
@pytest.mark.parametrize("to", [S.NOT_QUALIFIED, S.CLOSED_OTHER, S.ENROLLED])
def test_a_close_ends_every_running_clock_and_hides_no_miss(code: str, to: Stage) -> None:
    fact = Fact(
        kind=K.STAGE_CHANGED,
        occurred_at=NOW,
        by_staff=True,
        from_stage=S.CONTACTED,
        to_stage=to,
        reason_code=code,
    )
    expected = Was.NOT_APPLICABLE if code in BLAMELESS else Was.MISSED
    assert {clock.outcome for clock in after(ALL, STATE, fact).values()} == {expected}


def test_a_close_in_time_makes_the_running_clocks_not_applicable() -> None:
    log = Log("2026-03-02 10:00")
    log.add(
        K.STAGE_CHANGED,
        "2026-03-02 10:30",
        from_stage=S.NEW_INQUIRY,
        to_stage=S.CLOSED_OTHER,
        reason_code=CloseCode.PT_NOT_INTERESTED,
    )
    assert {clock.outcome for clock in log.clocks().values()} == {Was.NOT_APPLICABLE}


def test_only_duplicates_and_spam_are_nobodys_fault() -> None:
    assert {CloseCode.SRC_DUPLICATE, CloseCode.SRC_SPAM} == BLAMELESS

"""Which close codes may be used in which stage, in which order, and what goes with them (9.1, 9.2).

Everything is derived from the phase of a code; nobody picks the closed stage (LC6, CL1-CL2, D30).
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from recruitment.rules.closing import CRITERIA_CODES, RULES, CloseCode, Phase
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import NEXT, OPEN, Stage

S, C = Stage, CloseCode

_EARLY = frozenset(
    {S.NEW_INQUIRY, S.AWAITING_PRESCREEN, S.COORDINATOR_REVIEW, S.CONTACTED, S.NO_RESPONSE}
)
PHASE_STAGES: Mapping[Phase, frozenset[Stage]] = {
    "any": OPEN,
    "intake": _EARLY,
    "early": _EARLY,
    "prescreen": OPEN - {S.NEW_INQUIRY},
    "records": frozenset({S.RECORDS_NEEDED}),
    "scheduling": frozenset({S.READY_TO_SCHEDULE, S.SCHEDULED}),
    # A missed visit puts the lead back to scheduling, and from there it may fall silent.
    "scheduled": frozenset({S.SCHEDULED, S.READY_TO_SCHEDULE, S.NO_RESPONSE}),
    # A repeat visit takes a consented person back to Scheduled (3.2).
    "screening": frozenset({S.SCHEDULED, S.SCREENED}),
}
"""The stages in which a code of each phase may end the work."""

MOST_SHOWN = 8  # legal codes before "More" (D30)
MOST_CONTRIBUTING = 2  # beside the main reason (CL2)
LONGEST_WAIT = timedelta(days=2 * 366)  # until somebody is asked again

FIRST: Mapping[Stage, tuple[CloseCode, ...]] = {
    S.NEW_INQUIRY: (
        C.SRC_DUPLICATE,
        C.SRC_SPAM,
        C.CONTACT_INVALID,
        C.SRC_OUT_OF_AREA,
        C.PT_NOT_INTERESTED,
        C.PT_OTHER_INTENT,
        C.CONTACT_DNC,
        C.LANGUAGE,
    ),
    S.AWAITING_PRESCREEN: (
        C.PT_NOT_INTERESTED,
        C.CONTACT_UNREACHED,
        C.PT_INFO_UNCLEAR,
        C.PT_OTHER_INTENT,
        C.BURDEN_TRAVEL,
        C.BURDEN_SCHEDULE,
        C.NOT_NOW,
        C.CONTACT_DNC,
    ),
    S.COORDINATOR_REVIEW: (
        C.CRIT_DIAGNOSIS,
        C.CRIT_PRIOR_TREATMENT,
        C.CRIT_MEDICATION,
        C.CRIT_AGE_OTHER,
        C.OTHER_TRIAL,
        C.PT_NOT_INTERESTED,
        C.BURDEN_SCHEDULE,
        C.SRC_OUT_OF_AREA,
    ),
    S.CONTACTED: (
        C.PT_NOT_INTERESTED,
        C.BURDEN_TRAVEL,
        C.BURDEN_SCHEDULE,
        C.BURDEN_PROCEDURES,
        C.PT_INFO_UNCLEAR,
        C.NOT_NOW,
        C.CONTACT_DNC,
        C.CRIT_AGE_OTHER,
    ),
    S.RECORDS_NEEDED: (
        C.REC_UNOBTAINABLE,
        C.REC_INSUFFICIENT,
        C.CRIT_DIAGNOSIS,
        C.CRIT_PRIOR_TREATMENT,
        C.CRIT_MEDICATION,
        C.CRIT_AGE_OTHER,
        C.PT_NOT_INTERESTED,
        C.BURDEN_SCHEDULE,
    ),
    S.READY_TO_SCHEDULE: (
        C.SCHED_NO_SLOT,
        C.SCHED_WINDOW,
        C.SCHED_NOSHOW,
        C.BURDEN_SCHEDULE,
        C.BURDEN_TRAVEL,
        C.PT_NOT_INTERESTED,
        C.CAPACITY_SITE,
        C.NOT_NOW,
    ),
    S.SCHEDULED: (
        C.SCHED_NOSHOW,
        C.SCHED_WINDOW,
        C.CONSENT_DECLINED,
        C.CONSENT_WITHDREW,
        C.BURDEN_SCHEDULE,
        C.BURDEN_TRAVEL,
        C.PT_NOT_INTERESTED,
        C.CAPACITY_SITE,
    ),
    S.SCREENED: (
        C.CRIT_LABS,
        C.CRIT_DIAGNOSIS,
        C.CRIT_MEDICATION,
        C.CRIT_PRIOR_TREATMENT,
        C.CRIT_AGE_OTHER,
        C.CONSENT_DECLINED,
        C.CONSENT_WITHDREW,
        C.BURDEN_PROCEDURES,
    ),
    S.NO_RESPONSE: (
        C.CONTACT_UNREACHED,
        C.CONTACT_INVALID,
        C.CONTACT_DNC,
        C.PT_NOT_INTERESTED,
        C.SCHED_NOSHOW,
        C.NOT_NOW,
        C.SRC_DUPLICATE,
        C.DECEASED,
    ),
}
"""What is shown before "More": the reasons that end work in this stage most often, first."""

KNOCK_OUT_STAGES = frozenset(
    {S.NEW_INQUIRY, S.AWAITING_PRESCREEN, S.CONTACTED, S.COORDINATOR_REVIEW}
)
"""The stages before study-team review (D26)."""

KNOCK_OUT_CODES: tuple[CloseCode, ...] = tuple(
    code for code in CloseCode if code in CRITERIA_CODES and RULES[code].phase != "screening"
)
"""Criteria that a prescreen answer can knock out (CL3)."""

STANDS_ALONE = frozenset(
    {
        C.SRC_DUPLICATE,
        C.SRC_SPAM,
        C.CONTACT_UNREACHED,
        C.CONTACT_INVALID,
        C.CONTACT_DNC,
        C.NOT_NOW,
        C.DECEASED,
    }
)
"""Codes with a consequence of their own: a main reason or none, never a contributing one."""


def target_of(code: CloseCode) -> Stage:
    """The closed stage that a code leads to: a criterion to Not qualified, all else to Closed."""
    return Stage.NOT_QUALIFIED if code in CRITERIA_CODES else Stage.CLOSED_OTHER


def legal_codes(stage: Stage) -> list[CloseCode]:
    """The codes that may close a lead in `stage`: those of FIRST, then the rest as in 9.2."""
    legal = [code for code in CloseCode if is_legal(code, stage)]
    first = FIRST.get(stage, ())
    return [*first, *(code for code in legal if code not in first)]


def is_legal(code: CloseCode, stage: Stage) -> bool:
    """Whether `code` may close a lead that stands in `stage` (9.2, LC5)."""
    return in_phase(code, stage) and target_of(code) in NEXT[stage]


def in_phase(code: CloseCode, stage: Stage) -> bool:
    """Whether `stage` belongs to the phase of `code`, as a main or a contributing reason."""
    return stage in PHASE_STAGES[RULES[code].phase]


def check_phase(
    code: CloseCode, stage: Stage, *, label: Callable[[Stage], str] = lambda stage: stage.label
) -> None:
    """Raise InvalidInput, naming where the code belongs, unless it may be used in `stage`.

    `label` is what the study calls a stage.
    """
    if in_phase(code, stage):
        return
    stages = [label(s) for s in Stage if s in PHASE_STAGES[RULES[code].phase]]
    raise InvalidInput(
        f"“{code.label}” does not close a lead in {label(stage)}. It belongs to: "
        f"{', '.join(stages)}.",
        field="reason",
    )


def check_contributing(code: CloseCode, contributing: Iterable[str], stage: Stage) -> None:
    """Refuse more than two contributing reasons, repeats, and codes that cannot contribute (CL2).

    A criterion contributes only to a criterion, because both need the same decider (CL3).
    """
    seen = {code.value}
    given = list(contributing)
    if len(given) > MOST_CONTRIBUTING:
        raise InvalidInput(
            f"At most {MOST_CONTRIBUTING} contributing reasons.", field="contributing"
        )
    for value in given:
        if value not in CloseCode.values:
            raise InvalidInput(f"{value!r} is not a close reason.", field="contributing")
        other = CloseCode(value)
        if value in seen:
            raise InvalidInput(f"“{other.label}” is named twice.", field="contributing")
        seen.add(value)
        criterion = other in CRITERIA_CODES and code not in CRITERIA_CODES
        if other in STANDS_ALONE or criterion or not in_phase(other, stage):
            raise InvalidInput(
                f"“{other.label}” cannot contribute to “{code.label}” here.", field="contributing"
            )


def contributing_codes(stage: Stage) -> list[CloseCode]:
    """The codes that may contribute to some close from `stage`."""
    return [code for code in CloseCode if in_phase(code, stage) and code not in STANDS_ALONE]


def check_until(code: CloseCode, until: datetime | None, *, at: datetime) -> None:
    """Not now needs the date on which to ask again, within two years; no other code has one."""
    if code != CloseCode.NOT_NOW:
        if until is not None:
            raise InvalidInput(
                f"Only “{CloseCode.NOT_NOW.label}” has a date to ask again.", field="until"
            )
        return
    if until is None:
        raise InvalidInput("Say from when the person may be asked again.", field="until")
    if until.tzinfo is None:
        raise InvalidInput("The date to ask again has no time zone.", field="until")
    if until <= at:
        raise InvalidInput("The date to ask again must lie ahead.", field="until")
    if until > at + LONGEST_WAIT:
        raise InvalidInput("The date to ask again is at most two years ahead.", field="until")

"""The stage diagram and the glossary of docs/domain.md, made from the codes themselves."""

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from django.db.models import TextChoices

from recruitment.rules import vocabulary as words
from recruitment.rules.blocking import PAUSES
from recruitment.rules.closing import RULES, CloseCode
from recruitment.rules.events import NOT_AN_ACTION, EventKind, Fact, MilestoneCode, is_movement
from recruitment.rules.glossary_codes import PLAIN, TITLES
from recruitment.rules.stage_words import HIDEABLE, RESTING
from recruitment.rules.stages import (
    ACTION_TEXT,
    CLOSED,
    NEXT,
    RETURNS,
    Bucket,
    Stage,
    allowed_moves,
    bucket_of,
    is_forward,
)
from recruitment.rules.staleness import CALL_BACK_WINDOW, REST_DAYS, rest_unit
from recruitment.rules.target_words import STARTS, STOPS, pauses_words
from recruitment.rules.targets import DEFAULTS, ESCALATES_TO, TargetKey
from trialsnest.lib.words import counted

Code = TypeVar("Code", bound=TextChoices)
ENDS = CLOSED - {Stage.ENROLLED}
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def parts() -> dict[str, str]:
    """The generated parts of docs/domain.md by the names in their marks."""
    return {"moves": _moves(), "glossary": _glossary()}


def _moves() -> str:
    forward = [
        f"    {stage} --> {to}"
        for stage in Stage
        for to in allowed_moves(stage)
        if is_forward(stage, to)
    ]
    picture = ["```mermaid", "stateDiagram-v2", f"    [*] --> {Stage.NEW_INQUIRY}", *forward]
    picture += [f"    {Stage.ENROLLED} --> [*]", "```"]
    rows = [
        (
            f"`{stage}`",
            _codes(to for to in allowed_moves(stage) if is_forward(stage, to)),
            _codes(_back(stage)),
            _codes(to for to in allowed_moves(stage) if to in ENDS or to == Stage.NO_RESPONSE),
        )
        for stage in Stage
    ]
    table = _table(("from", "further", "back", "ends or rests"), rows)
    return "\n".join(picture) + "\n\n" + table


def _back(stage: Stage) -> Iterator[str]:
    for to in sorted(NEXT[stage] - ENDS - {Stage.NO_RESPONSE}, key=list(Stage).index):
        if not is_forward(stage, to):
            yield to
    if stage in RETURNS:
        yield "where it came from"


def _glossary() -> str:
    parts = [
        _stages(),
        _told(Bucket, ("label",), lambda code: (code.label,)),
        _told(
            EventKind,
            ("label", "renews the last action", "movement"),
            lambda kind: (kind.label, "no" if kind in NOT_AN_ACTION else "yes", _movement(kind)),
        ),
        _told(MilestoneCode, ("label",), lambda code: (code.label,)),
        _told(
            words.ActionType,
            ("label", "waits on"),
            lambda action: (action.label, words.ACTION_PARTY[action].label),
        ),
        _told(
            words.ContactResult,
            ("label", "two-way", "uses up an attempt"),
            lambda result: (
                result.label,
                _yes(result in words.TWO_WAY),
                _yes(result not in words.INBOUND),
            ),
        ),
        _told(words.BlockerCategory, ("label", "may wait on (clocks)"), _blocker),
        _told(
            TargetKey,
            ("label", "usually", "runs from", "until", "stands still for", "a miss is shown to"),
            _target,
        ),
        _told(CloseCode, ("label", "family", "phase", "CONSORT"), _close),
        _short(),
    ]
    return "\n".join(parts)


def _short() -> str:
    rows = [
        (
            _title(codes),
            _about(codes),
            ", ".join(f"{code.label} (`{code.value}`)" for code in codes),
        )
        for codes in PLAIN
    ]
    return "### Short lists\n" + _table(("what", "about", "label (code)"), rows)


def _stages() -> str:
    rests = {stage: counted(REST_DAYS[stage], rest_unit(stage)) for stage in RESTING}
    rests[Stage.NO_RESPONSE] = f"{CALL_BACK_WINDOW.days} calendar days"
    return _told(
        Stage,
        ("label", "bucket", "what staff do", "may rest", "a study may hide it"),
        lambda stage: (
            stage.label,
            bucket_of(stage, stale_at=None, at=_ANY_TIME).label,
            ACTION_TEXT[stage],
            rests.get(stage, ""),
            _yes(stage in HIDEABLE),
        ),
    )


def _blocker(category: words.BlockerCategory) -> tuple[str, ...]:
    waits = [
        f"{party.label} ({'pause' if PAUSES[category, party] else 'run on'})"
        for party in words.BLOCKER_PARTIES[category]
    ]
    return category.label, ", ".join(waits)


def _target(key: TargetKey) -> tuple[str, ...]:
    usual = DEFAULTS[key].words
    return key.label, usual, STARTS[key], STOPS[key], pauses_words(key), ESCALATES_TO[key]


def _close(code: CloseCode) -> tuple[str, ...]:
    rule = RULES[code]
    return code.label, rule.family.label, rule.phase, rule.consort.replace("_", " ")


def _movement(kind: EventKind) -> str:
    """Whether events of a kind move the lead: always, never, or by what they say (M1, M2)."""
    answers: set[bool] = set()
    for fact in _facts(kind):
        try:
            answers.add(is_movement(fact))
        except ValueError:  # a code that such an event cannot have
            continue
    if len(answers) > 1:
        return "by what it says"
    return "yes" if True in answers else "no"


def _facts(kind: EventKind) -> Iterator[Fact]:
    """Events of a kind with every code there is, by staff and by the software."""
    if kind == EventKind.STAGE_CHANGED:
        pairs = [(one, other) for one in Stage for other in allowed_moves(one)]
        for one, other in pairs:
            yield Fact(
                kind=kind, occurred_at=_ANY_TIME, by_staff=True, from_stage=one, to_stage=other
            )
        return
    known = (words.ContactResult, words.PrescreenState, words.VisitResult, words.RecordsState)
    for code in ["", *(code for codes in known for code in codes.values)]:
        for by_staff in (True, False):
            yield Fact(kind=kind, occurred_at=_ANY_TIME, by_staff=by_staff, code=code)


def _told(codes: type[Code], heads: Sequence[str], tell: Callable[[Code], Sequence[str]]) -> str:
    """One set of codes: its name, what it is for, and a row for each code."""
    rows = [(f"`{code.value}`", *tell(code)) for code in codes]
    return f"### {_title(codes)}\n{_about(codes)}\n\n" + _table(("code", *heads), rows)


def _title(codes: type[TextChoices]) -> str:
    """`BlockerCategory` as `Blocker category`."""
    name = codes.__name__.removesuffix("Code")
    return TITLES.get(codes) or re.sub(r"(?<!^)(?=[A-Z])", " ", name).capitalize()


def _about(codes: type[TextChoices]) -> str:
    return (inspect.getdoc(codes) or "").splitlines()[0]


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(re.sub(" +", " ", f"| {' | '.join(line)} |\n") for line in lines)


def _codes(codes: Iterable[str]) -> str:
    return ", ".join(code if " " in code else f"`{code}`" for code in codes)


def _yes(is_so: bool) -> str:
    return "yes" if is_so else ""

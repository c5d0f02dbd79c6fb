"""Leads for figure tests, one fact at a time, around the week of the sample report."""

from datetime import datetime, timedelta

from recruitment.rules.closing import CloseCode
from recruitment.rules.events import MilestoneCode
from recruitment.rules.stages import Bucket
from recruitment.rules.vocabulary import (
    BlockerCategory,
    Party,
)
from reporting.figures.inputs import (
    BlockerFacts,
    Inputs,
    LastReport,
    LeadFacts,
    Moment,
    SourceFacts,
    Turn,
    TurnKind,
)
from tests.reporting.samples import HEADER, WEEK

START, CUT_OFF, AS_OF = HEADER.period_start, HEADER.cut_off, HEADER.as_of
LAST = LastReport(START - WEEK, START, START + timedelta(hours=3), None)
PAGE = SourceFacts("page", "Study page", "web")
INSTANT = timedelta(microseconds=1)
DAY = timedelta(days=1)


def at(when: datetime, told: datetime | None = None) -> Moment:
    return Moment(when, told or when)


def lead(received: datetime = START + DAY, **facts: object) -> LeadFacts:
    known = {"source": PAGE, "received": at(received), "bucket": Bucket.NEW_INQUIRY.value}
    return LeadFacts(**{**known, **facts})  # type: ignore[arg-type]


def closed(
    when: datetime,
    code: CloseCode = CloseCode.PT_NOT_INTERESTED,
    *,
    received: datetime = START - 3 * WEEK,
    told: datetime | None = None,
) -> LeadFacts:
    turn = Turn(TurnKind.CLOSED, when, told or when, code.value)
    return lead(received, bucket=Bucket.CLOSED.value, turns=(turn,))


def inputs(*leads: LeadFacts, last: LastReport | None = LAST, **more: object) -> Inputs:
    known = {"header": HEADER, "k": 5, "cohort_start": CUT_OFF - 8 * WEEK}
    return Inputs(leads=leads, last=last, **{**known, **more})  # type: ignore[arg-type]


def reached(code: MilestoneCode | str, when: datetime, told: datetime | None = None) -> LeadFacts:
    return lead(START - 2 * WEEK, milestones={str(code): at(when, told)})


def balanced() -> Inputs:
    """42 open at the last cut-off, 11 new, 1 reopened, 6 closed, 2 enrolled."""
    before = START - 2 * WEEK
    gone = Turn(TurnKind.CLOSED, before + DAY, before + DAY, CloseCode.CONTACT_UNREACHED.value)
    again = Turn(TurnKind.REOPENED, START + DAY, START + DAY)
    joined = Turn(TurnKind.ENROLLED, START + DAY, START + DAY)
    return inputs(
        *[lead(before) for _ in range(34)],
        *[closed(START + DAY, received=before) for _ in range(6)],
        *[lead(before, turns=(joined,), bucket="closed") for _ in range(2)],
        *[lead() for _ in range(11)],
        lead(before, turns=(gone, again)),
    )


def mature(n: int, *, contacted: int = 0) -> list[LeadFacts]:
    received = CUT_OFF - 5 * WEEK
    reply = {MilestoneCode.FIRST_TWO_WAY_CONTACT.value: at(received + DAY)}
    return [lead(received, milestones=reply if i < contacted else {}) for i in range(n)]


def from_source(label: str, n: int, *, visits: int) -> list[LeadFacts]:
    received = CUT_OFF - 5 * WEEK
    way = (
        MilestoneCode.FIRST_TWO_WAY_CONTACT,
        MilestoneCode.REVIEWABLE,
        MilestoneCode.VISIT_SCHEDULED,
    )
    steps = {code.value: at(received + DAY) for code in way}
    source = SourceFacts(label.lower(), label, "web")
    return [lead(received, source=source, milestones=steps if i < visits else {}) for i in range(n)]


def blocked(category: BlockerCategory, party: Party, days: int) -> LeadFacts:
    facts = BlockerFacts(category.value, party.value, CUT_OFF - days * DAY)
    return lead(START - WEEK, blockers=(facts,))

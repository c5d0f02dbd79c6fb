"""A lead that is kept stands at every later moment as its log read again says it does."""

from dataclasses import replace
from datetime import datetime

import pytest

from recruitment.rules.closing import CloseCode
from recruitment.rules.events import EventKind, Fact
from recruitment.rules.stages import Bucket, Stage
from recruitment.rules.vocabulary import VisitResult
from reporting.figures.inputs import LeadFacts, SourceFacts
from reporting.figures.kept_text import facts_text, lead_in
from reporting.queries.history import Told, in_order, later_of, lead_facts
from tests.factories.recruitment import MONDAY
from tests.reporting.queries.test_happenings import (
    RECEIVED,
    TERMS,
    booked,
    ended,
    fact,
    paused_study,
)
from tests.reporting.world import DAY, HOUR

K = EventKind
KEPT_AT = MONDAY + 16 * DAY
SOURCE = SourceFacts("REF", "Referrals", "web")
OWNED = fact(K.OWNER_SET, 0.1, to_owner_id=3)
ANSWERED = fact(K.PRESCREEN_CHANGED, 13.5, code="complete")
CLOSED = fact(
    K.STAGE_CHANGED,
    14,
    from_stage=Stage.NEW_INQUIRY,
    to_stage=Stage.CLOSED_OTHER,
    reason_code=CloseCode.PT_NOT_INTERESTED,
)
LOGS = {
    "new": (),
    "owned, with a call to make": (
        OWNED,
        fact(K.ACTION_SET, 12, code="call", subject_id=11, due_at=KEPT_AT),
    ),
    "tried": (OWNED, fact(K.OUTREACH_LOGGED, 1, code="no_answer", reason_code="phone")),
    "answered, review due": (OWNED, ANSWERED),
    "paused by the study": (OWNED, ANSWERED, paused_study(13.6)),
    "blocked": (
        OWNED,
        fact(
            K.BLOCKER_OPENED,
            15,
            code="missing_records",
            reason_code="records_provider",
            subject_id=4,
            due_at=MONDAY + 30 * DAY,
        ),
    ),
    "needs a record": (fact(K.RECORDS_CHANGED, 15, subject_id=5, code="requested"),),
    "with a visit ahead": (OWNED, booked(15, 7, 9)),
    "with a visit missed": (booked(10, 7, 2), ended(12, 7, VisitResult.NO_SHOW)),
    "reviewed when stale": (fact(K.STALE_REVIEWED, 15, reason_code="no_response"),),
    "closed": (OWNED, CLOSED),
}


def log_of(facts: tuple[Fact, ...]) -> list[Told]:
    return in_order([(one, one.occurred_at + HOUR) for one in (RECEIVED, *facts)])


def read(facts: tuple[Fact, ...], at: datetime) -> LeadFacts:
    found = lead_facts(log_of(facts), source=SOURCE, is_test=False, cut_off=at, terms=TERMS)
    assert found is not None
    return found


@pytest.mark.parametrize("days", [0, 0.4, 1, 3, 8, 15, 40, 200])
@pytest.mark.parametrize("name", LOGS)
def test_it_stands_as_its_log_says(name: str, days: float) -> None:
    facts = LOGS[name]
    kept, at = read(facts, KEPT_AT), KEPT_AT + days * DAY
    is_open = kept.bucket != Bucket.CLOSED
    later = later_of(log_of(facts), cut_off=KEPT_AT, terms=TERMS) if is_open else None

    made = lead_in(facts_text(kept, later), source=SOURCE, at=at)

    expected = read(facts, at)
    if not is_open:  # how it stood when it was closed is of no account
        expected = replace(expected, is_owned=False, running=0, paused=0)
    assert made == expected


def test_leads_turn_stale_and_targets_fall_due_while_they_are_kept() -> None:
    """Else the test above would say nothing of either."""
    spans = [(read(facts, KEPT_AT), read(facts, KEPT_AT + 200 * DAY)) for facts in LOGS.values()]

    assert any(a.bucket != b.bucket == Bucket.STALE for a, b in spans)
    assert any(a.paused for a, _ in spans)
    assert {a.bucket for a, _ in spans} >= {Bucket.NEW_INQUIRY, Bucket.CLOSED}

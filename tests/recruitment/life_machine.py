"""What must hold of every lead, whatever anybody does: a Hypothesis state machine of the verbs.

Each example begins with the same leads in many stages and is rolled back at its end. A step draws
a lead, a person, a verb and the seed of the verb's own choices, so a failure shrinks to the fewest
steps and prints them.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from recruitment.models import Lead, LeadEvent, Milestone
from recruitment.models.log import standing
from recruitment.queries.projection import differences
from recruitment.rules.events import EventKind
from recruitment.rules.refusals import Refusal
from recruitment.rules.stages import CLOSED, RETURNS, Stage, allowed_moves
from recruitment.services.folding import clock_differences
from tests.recruitment.random_work import RandomWork, Verb

HOT = 8  # leads that get most of the steps, so that some live long


@dataclass
class Tally:
    """What all examples of a run did together."""

    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    @property
    def steps(self) -> int:
        """Steps taken, whether done or refused."""
        return sum(self.done.values()) + sum(self.refused.values())


class LifeMachine(RuleBasedStateMachine):
    """Random verbs over `work.leads`; the touched leads are looked at after every step."""

    def __init__(self, work: RandomWork, verbs: Sequence[Verb], tally: Tally) -> None:
        super().__init__()
        self.verbs, self.tally = verbs, tally
        self.work = RandomWork(random.Random(0), work.leads, work.people, work.deciders, work.at)
        self.mark = transaction.savepoint()
        self.known = {lead.pk: Seen(lead) for lead in work.leads}

    def teardown(self) -> None:
        """Look at all leads once more, then leave the database as it was."""
        try:
            assert list(differences(self.work.leads)) == []
            assert list(clock_differences(self.work.leads)) == []
        finally:
            transaction.savepoint_rollback(self.mark)
            for lead in self.work.leads:
                lead.refresh_from_db()

    @initialize(minutes=st.integers(0, 10_000))
    def begin(self, minutes: int) -> None:
        """Examples begin at different hours of the week."""
        self.work.at += timedelta(minutes=minutes)

    @rule(
        which=st.one_of(st.integers(0, HOT - 1), st.integers(0, 10_000)),
        verb=st.integers(0, 10_000),
        minutes=st.one_of(st.integers(0, 120), st.integers(0, 5_000)),
        choices=st.integers(0, 2**32 - 1),
    )
    def step(self, which: int, verb: int, minutes: int, choices: int) -> None:
        """Somebody does something to a lead, right or wrong."""
        lead = self.work.leads[which % len(self.work.leads)]
        done = self.verbs[verb % len(self.verbs)]
        self.work.at += timedelta(minutes=minutes)
        self.work.chance = random.Random(choices)
        lead.refresh_from_db()
        seen = lead.version - (self.work.chance.random() < 0.02)
        try:
            with transaction.atomic():
                done(self.work, lead, seen)
                connection.check_constraints()
        except Refusal:
            self.tally.refused[done.__name__] += 1
        else:
            self.tally.done[done.__name__] += 1
        self._look_at_touched(lead)

    def _look_at_touched(self, lead: Lead) -> None:
        versions = dict(Lead.objects.filter(pk__in=self.known).values_list("pk", "version"))
        touched = [row for row in self.work.leads if versions[row.pk] != self.known[row.pk].version]
        if lead not in touched:
            touched.append(lead)
        found = [*differences(touched), *clock_differences(touched)]
        assert found == [], found
        for row in touched:
            row.refresh_from_db()
            look_at(row)
            self.known[row.pk].grown_to(row)


class Seen:
    """A lead's log as it was known, to tell that it only grew."""

    def __init__(self, lead: Lead) -> None:
        self.version = lead.version
        self.log = _log(lead)
        self.milestones = _milestones(lead)

    def grown_to(self, lead: Lead) -> None:
        """Nothing that was written changed, and milestones stay unless an entry was voided."""
        log, milestones = _log(lead), _milestones(lead)
        assert log[: len(self.log)] == self.log, "an event was changed"
        new = log[len(self.log) :]
        if not any(kind == EventKind.VOIDED for _, _, kind, *_ in new):
            for code, happened in self.milestones.items():
                assert code in milestones, f"milestone {code} was lost"
                assert milestones[code] <= happened, f"milestone {code} moved later"
        self.version, self.log, self.milestones = lead.version, log, milestones


def look_at(lead: Lead) -> None:
    """What is true of one lead at any moment."""
    is_open = lead.stage not in CLOSED
    assert lead.next_actions.filter(ended_at__isnull=True).count() == int(is_open)
    assert (lead.waiting_on != "") == is_open
    paused = lead.blockers.filter(category="study_paused", resolved_at__isnull=True).exists()
    assert (lead.stale_at is not None) == (is_open and not lead.is_held and not paused)
    events = list(lead.events.order_by("seq"))
    assert [event.seq for event in events] == list(range(1, lead.version + 1))
    _check_history(standing(events))


def _check_history(events: Sequence[LeadEvent]) -> None:
    """Stages follow one another as 3.2 allows, each from where the last one led."""
    stage, came_from = Stage.NEW_INQUIRY, None
    for event in events:
        if event.kind != EventKind.STAGE_CHANGED:
            continue
        to = Stage(event.to_stage)
        assert event.from_stage == stage, f"{event} begins elsewhere"
        legal = to in allowed_moves(stage, came_from=came_from)
        assert legal or event.code == "corrected", f"{event}: {stage} to {to}"
        if to in RETURNS:
            came_from = stage if stage not in RETURNS else came_from
        elif stage in RETURNS:
            came_from = None
        stage = to


def _log(lead: Lead) -> list[tuple[object, ...]]:
    rows = lead.events.order_by("seq").values_list("pk", "seq", "kind", *COLUMNS)
    return [tuple(row) for row in rows]


COLUMNS = (
    "occurred_at",
    "recorded_at",
    "actor",
    "from_stage",
    "to_stage",
    "code",
    "reason_code",
    "to_owner",
    "subject_id",
    "due_at",
    "voids",
)


def _milestones(lead: Lead) -> dict[str, object]:
    found = Milestone.objects.filter(lead=lead)
    return dict(found.values_list("code", "event__occurred_at"))

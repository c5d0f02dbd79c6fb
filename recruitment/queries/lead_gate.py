"""Whether dates may be offered to a lead, and what has to be done first (G1, G4; LC4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from recruitment.models import Blocker, Lead
from recruitment.models.gate_facts import Told, read_gate
from recruitment.rules.readiness import GateFacts, lacks
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import Party

BEFORE_DATES = frozenset(
    {Stage.COORDINATOR_REVIEW, Stage.CONTACTED, Stage.RECORDS_NEEDED, Stage.READY_TO_SCHEDULE}
)
"""From the review to the booking: where somebody could be about to offer dates."""


@dataclass(frozen=True)
class GatePage:
    """The part of a lead's page that knows the gate. `now` is UTC, `blockers` are open."""

    lead: Lead
    now: datetime
    blockers: Sequence[Blocker]

    @cached_property
    def gate(self) -> tuple[GateFacts, Told]:
        """What the gate to Ready to schedule finds. Three statements, once."""
        return read_gate(
            self.lead,
            Stage.READY_TO_SCHEDULE,
            prescreen=self.lead.prescreen,
            blockers=[(row.category, Party(row.waiting_on)) for row in self.blockers],
            at=self.now,
        )

    @property
    def shows_gate(self) -> bool:
        """Whether the page says if dates may be offered."""
        return self.lead.stage in BEFORE_DATES

    @property
    def before_dates(self) -> list[str]:
        """What has to be done before dates are offered, as sentences; none when they may be."""
        facts, told = self.gate
        found = lacks(Stage.READY_TO_SCHEDULE, facts, overridden=told.overridden)
        return [lack.sentence for lack in found]

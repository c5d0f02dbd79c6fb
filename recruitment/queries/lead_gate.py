"""Whether dates may be offered to a lead, and what has to be done first (G1, G4; LC4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from recruitment.models import Blocker, Lead, LeadEvent, RecordsItem, Review
from recruitment.models.gate_facts import TELL, Told, gate_from
from recruitment.models.log import standing
from recruitment.rules.readiness import GateFacts, lacks
from recruitment.rules.stages import Stage

BEFORE_DATES = frozenset(
    {Stage.COORDINATOR_REVIEW, Stage.CONTACTED, Stage.RECORDS_NEEDED, Stage.READY_TO_SCHEDULE}
)
"""From the review to the booking: where somebody could be about to offer dates."""


@dataclass(frozen=True)
class GatePage:
    """The part of a lead's page that knows the gate; `blockers` are open."""

    lead: Lead
    blockers: Sequence[Blocker]
    records: Sequence[RecordsItem]
    review: Review | None
    events: Sequence[LeadEvent]

    @cached_property
    def gate(self) -> tuple[GateFacts, Told]:
        """What the gate to Ready to schedule finds in what the page has read."""
        stand = standing(sorted(self.events, key=lambda event: event.seq))
        return gate_from(
            prescreen=self.lead.prescreen,
            blockers=[(row.category, row.waiting_on) for row in self.blockers],
            said=[event.fact for event in stand if event.kind in TELL],
            items=self.records,
            review=self.review,
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

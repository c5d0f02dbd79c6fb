"""Whether the rows of a lead's clocks are what its log folds to."""

from collections.abc import Iterable

from recruitment.models import Clock, Lead, LeadEvent
from recruitment.models.log import standing
from recruitment.queries.projection import differences
from recruitment.rules.clock_facts import fold
from recruitment.services.clocks import clock_of, differing
from recruitment.services.terms import read_terms


def check_agreement(leads: Iterable[Lead]) -> None:
    """Row and log of every lead say the same: its columns, its milestones and its clocks."""
    leads = list(leads)
    assert list(differences(leads)) == []
    for lead in leads:
        log = standing(LeadEvent.objects.filter(lead=lead).order_by("seq"))
        _, clocks = fold([event.fact for event in log], read_terms(lead.study_site))
        rows = {clock_of(row).name: row for row in Clock.objects.filter(lead=lead)}
        assert rows.keys() == clocks.keys()
        for name, row in rows.items():
            assert differing(row, clocks[name]) == {}, name

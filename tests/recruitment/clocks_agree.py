"""Whether everything that is stored about leads is what their logs fold to."""

from collections.abc import Iterable

from recruitment.models import Lead
from recruitment.queries.projection import differences
from recruitment.services.folding import clock_differences


def check_agreement(leads: Iterable[Lead]) -> None:
    """Row and log of every lead say the same: its columns, its milestones and its clocks."""
    leads = list(leads)
    assert list(differences(leads)) == []
    assert list(clock_differences(leads)) == []

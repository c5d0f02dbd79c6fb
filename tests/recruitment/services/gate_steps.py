"""Records and blockers as the tests of the gates need them."""

from recruitment.models import Lead, RecordsItem
from recruitment.rules.vocabulary import (
    RecordsState,
    RecordsType,
)
from tests.factories.recruitment import MONDAY


def set_records(lead: Lead, state: RecordsState) -> None:
    RecordsItem.objects.filter(lead=lead).delete()
    RecordsItem.objects.create(
        lead=lead, type=RecordsType.LABS, state=state, changed_at=MONDAY, reason="Seen."
    )

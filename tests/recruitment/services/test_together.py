"""Writes that are sent as one statement: each as Django itself would have sent it."""

import uuid

import pytest
from django.db import DatabaseError
from django.db.models import F

from recruitment.models import Lead, LeadNote, RowChange
from recruitment.services.together import inserted, updated, write_together
from tests.factories.recruitment import make_lead


def changes(lead: Lead, count: int) -> list[RowChange]:
    """Unsaved records of the lead's changes; their columns hold JSON, a null and a UUID."""
    return [
        RowChange(
            lead=lead,
            action_id=uuid.uuid4(),
            table="blocker",
            row_id=n,
            before={"detail": "It's 5 % \u202e"} if n else None,
        )
        for n in range(count)
    ]


@pytest.mark.parametrize("count", [1, 2, 50])
def test_rows_and_the_row_that_is_updated_are_written_together(db: None, count: int) -> None:
    lead = make_lead()
    before, version = RowChange.objects.filter(lead=lead).count(), lead.version
    note = LeadNote(event=lead.events.get(seq=1), text="She said: 100 %")
    lead.attempts = F("attempts") + 4

    rows = [inserted(changes(lead, count)), inserted([note])]
    write_together(rows, last=updated(lead, ["attempts"]))

    lead.refresh_from_db()
    assert (lead.attempts, lead.version) == (4, version)
    found = RowChange.objects.filter(lead=lead)
    assert found.count() == before + count
    assert sorted(row.row_id for row in found.filter(table="blocker")) == [*range(count)]
    assert LeadNote.objects.get(event=note.event).text == "She said: 100 %"


def test_what_is_there_already_is_ignored_or_taken_over_as_it_was_asked(db: None) -> None:
    lead = make_lead()
    known = lead.milestones.get(code="received")
    again = type(known)(lead=lead, code="received", event=lead.events.latest("seq"))

    write_together([inserted([again], ignoring=True)], last=updated(lead, ["attempts"]))
    assert lead.milestones.get(code="received").event_id == known.event_id

    clock = lead.clocks.first()
    assert clock is not None
    clock.pk, clock.amount = None, clock.amount + 1
    taken = inserted([clock], unique=["lead", "target", "subject_id", "run"], updating=["amount"])
    write_together([taken], last=updated(lead, ["attempts"]))
    assert lead.clocks.get(target=clock.target, run=clock.run).amount == clock.amount


def test_a_row_that_is_gone_is_told_of(db: None) -> None:
    lead = make_lead()
    lead.pk = 0

    with pytest.raises(DatabaseError, match="not there"):
        write_together([], last=updated(lead, ["attempts"]))

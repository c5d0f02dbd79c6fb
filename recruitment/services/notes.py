"""A plain note on a lead: staff's words, kept apart from the log (M2)."""

from datetime import datetime

from accounts.models import User
from recruitment.models import Lead
from recruitment.rules.events import EventKind
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.texts import MAX_NOTE
from recruitment.services.log import change
from recruitment.services.verbs import verb


@verb
def add_note(*, lead: Lead, text: str, by: User, at: datetime, once_key: str | None = None) -> None:
    """Add a note. It is an action, never movement. `at` is UTC. Raises InvalidInput.

    With a `once_key` that the lead's log holds already nothing is written: a form sent twice adds
    one note.
    """
    words = text.strip()
    if not words:
        raise InvalidInput("Write the note first.", field="note")
    if len(words) > MAX_NOTE:
        raise InvalidInput(f"At most {MAX_NOTE:,} characters.", field="note")
    with change(lead, by=by, at=at, seen=None) as work:
        if once_key is not None and lead.events.filter(once_key=once_key).exists():
            return
        work.add(EventKind.NOTE_ADDED, note=words, once_key=once_key)

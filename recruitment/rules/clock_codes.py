"""How a clock of a target ended, and how it stands (CK3, CK4)."""

from django.db.models import TextChoices


class ClockOutcome(TextChoices):
    """How a clock ended. A running one has none.

    Missed is a clock whose work was never done: its lead was closed, or its subject fell away,
    after it was due. Like an overdue one it counts against the site (CK4): closing must not
    flatter. What fell away in time is not applicable and counts nowhere.
    """

    MET = "met", "Met"
    MET_LATE = "met_late", "Met late"
    MISSED = "missed", "Missed"
    NOT_APPLICABLE = "not_applicable", "Not applicable"


class ClockStanding(TextChoices):
    """How a clock stands at a moment (CK3)."""

    NOT_STARTED = "not_started", "Not started"
    ON_TRACK = "on_track", "On track"
    DUE_SOON = "due_soon", "Due soon"
    OVERDUE = "overdue", "Overdue"
    PAUSED = "paused", "Paused"
    MET = "met", "Met"
    MET_LATE = "met_late", "Met late"
    MISSED = "missed", "Missed"
    NOT_APPLICABLE = "not_applicable", "Not applicable"

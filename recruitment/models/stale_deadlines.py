"""Deadlines that no flag was written for yet, kept beside the leads by the database (ST1)."""

import pgtrigger
from django.db import models

from trialsnest.lib.field_classes import operational

_KEEP = """
    IF NEW.stale_at IS NULL OR NEW.stale_flagged_for IS NOT DISTINCT FROM NEW.stale_at THEN
        DELETE FROM recruitment_staledeadline WHERE lead_id = NEW.id;
    ELSE
        INSERT INTO recruitment_staledeadline (lead_id, stale_at)
        VALUES (NEW.id, NEW.stale_at)
        ON CONFLICT (lead_id) DO UPDATE SET stale_at = EXCLUDED.stale_at;
    END IF;
    RETURN NULL;
"""
# What the flag itself does, which takes its deadline away in its own statement, is left out.
_MOVES = """
    OLD.stale_at IS DISTINCT FROM NEW.stale_at
    OR (OLD.stale_flagged_for IS DISTINCT FROM NEW.stale_flagged_for
        AND NEW.stale_flagged_for IS DISTINCT FROM NEW.stale_at)
"""


class StaleDeadline(models.Model):
    """The deadline of one lead that is still to be flagged; written by triggers on Lead alone.

    It is a table of its own, and no index of Lead, so that a flag changes no column of a lead that
    an index knows: its row is then written anew where it stands, without its many indexes (G7).
    """

    lead = operational(
        models.OneToOneField("recruitment.Lead", models.CASCADE, primary_key=True, related_name="+")
    )
    stale_at = operational(models.DateTimeField())

    class Meta:
        indexes = [models.Index(fields=["stale_at", "lead"], name="stale_deadline_at")]

    def __str__(self) -> str:
        return f"deadline of lead {self.lead_id}"


def keep_stale_deadlines() -> list[pgtrigger.Trigger]:
    """Triggers on Lead that write StaleDeadline whenever a deadline or its flag changes."""
    return [
        pgtrigger.Trigger(
            name="new_stale_deadline",
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            condition=pgtrigger.Q(new__stale_at__isnull=False),
            func=_KEEP,
        ),
        pgtrigger.Trigger(
            name="moved_stale_deadline",
            when=pgtrigger.After,
            # Pgtrigger has no types
            operation=pgtrigger.UpdateOf("stale_at", "stale_flagged_for"),  # type: ignore[no-untyped-call]
            condition=pgtrigger.Condition(_MOVES),
            func=_KEEP,
        ),
    ]

"""What should never be so of an open lead, with the definition staff read (target zero)."""

from django.db.models import TextChoices


class Check(TextChoices):
    """One broken promise of the queue, counted over the leads in sight."""

    NO_OWNER = "no_owner", "Without owner"
    NO_ACTION = "no_action", "Without next action"
    LEFT_LYING = "left_lying", "Past due without reason"
    OWNER_GONE = "owner_gone", "Owner inactive"


MEANS: dict[Check, str] = {
    Check.NO_OWNER: "Open, nobody owns it, and it is on no list that is still to be released.",
    Check.NO_ACTION: "Open, and no next action is planned.",
    Check.LEFT_LYING: (
        "Due more than one business day ago, and since then: no contact tried, no open blocker, "
        "no new date. Halted studies and lists not released are left out."
    ),
    Check.OWNER_GONE: "Open, and its owner was suspended or removed.",
}
"""What exactly is counted, in a sentence for the screen."""

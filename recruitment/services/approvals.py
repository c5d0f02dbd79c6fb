"""The approval on record of words that patients hear or read (DN6, MV1): its parts, cleaned."""

from dataclasses import dataclass
from datetime import date, datetime

from recruitment.models import ApprovedWording, StagePrompt
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.texts import line_of
from trialsnest.lib.zones import local_time

MOST_REFERENCE, MOST_VERSION = 60, 24  # characters


@dataclass(frozen=True)
class Approval:
    """The approval on record of a text: all three, or none."""

    reference: str = ""
    version: str = ""
    on: date | None = None


NO_APPROVAL = Approval()


def approval_of(row: StagePrompt | ApprovedWording) -> Approval:
    """The approval on record."""
    return Approval(row.approval_reference, row.approved_version, row.approved_on)


def cleaned(approval: Approval, *, at: datetime, zone: str) -> Approval:
    """The approval as it is kept, its day none that is still to come on the clock of `zone`.

    `at` is UTC. Raises InvalidInput naming the field of what is too long or lies ahead.
    """
    given = Approval(
        line_of(approval.reference, most=MOST_REFERENCE, field="approval_reference"),
        line_of(approval.version, most=MOST_VERSION, field="approved_version"),
        approval.on,
    )
    if given.on is not None and given.on > local_time(at, zone).date():
        raise InvalidInput("The day of the approval lies in the future.", field="approved_on")
    return given


def missing_from(approval: Approval) -> list[str]:
    """The fields of what an approval on record lacks."""
    parts = {
        "approval_reference": approval.reference,
        "approved_version": approval.version,
        "approved_on": approval.on,
    }
    return [field for field, part in parts.items() if not part]

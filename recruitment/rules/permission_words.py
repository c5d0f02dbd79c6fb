"""What the log says of permissions and of corrected details, in staff's words."""

from recruitment.rules.permissions import Scope
from recruitment.rules.vocabulary import Channel, ContactBasis, PermissionState

CORRECTED = {
    "person": "Personal details corrected",
    "point_added": "Phone or e-mail added",
    "point_ended": "Phone or e-mail ended",
}
"""By the code of the event; the values stand in the person's own record, never in the log."""


def permission_words(code: str, reason_code: str) -> str:
    """A word on one channel, an opt-out with its scope, its lifting, or a contact basis."""
    if code == "lifted":
        return "Opt-out lifted"
    if code == "forbidden":
        return "Asked before not to be contacted"
    if code == "basis":
        return f"Contact basis: {ContactBasis(reason_code).label}"
    if code in {Scope.STUDY, Scope.SITE, Scope.ORGANISATION}:
        return f"Asked not to be contacted: {Scope(code).label.lower()}"
    if code in Channel.values:
        return f"{Channel(code).label}: {PermissionState(reason_code).label.lower()}"
    return "Permission recorded"

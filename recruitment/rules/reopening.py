"""Who may take a closed lead back into work, and when nobody may (LC11, D30)."""

from datetime import datetime, timedelta

from recruitment.rules.closing import CloseCode
from recruitment.rules.refusals import InvalidInput, Refusal

COORDINATORS_FOR = timedelta(days=30)  # after the close; later a site lead
PROPOSED_FOR = timedelta(days=90)  # after the close a new inquiry proposes to reopen (DU3)
SITE_LEAD_ONLY = frozenset({CloseCode.SRC_DUPLICATE, CloseCode.SRC_SPAM})
MAX_RENEWED = 200  # characters of how the person came back


def check_reopen(
    reason: str,
    *,
    closed_at: datetime,
    at: datetime,
    is_site_lead: bool,
    renewed: str,
    is_barred: bool,
    has_died: bool,
) -> None:
    """Raise Refusal, saying who may or what is missing, unless the lead may be reopened now.

    `reason` is the code of the close at `closed_at` (UTC). `renewed` says how the person came back
    by herself; needed after do-not-contact, where `is_barred` tells that one stands (LC11).
    """
    if has_died or reason == CloseCode.DECEASED:
        raise Refusal("Contact has ended for good; this lead is not reopened.")
    if reason in SITE_LEAD_ONLY and not is_site_lead:
        label = CloseCode(reason).label
        raise Refusal(f"It was closed as “{label}”; only a site lead reopens it.")
    if at - closed_at > COORDINATORS_FOR and not is_site_lead:
        raise Refusal(
            f"It was closed more than {COORDINATORS_FOR.days} days ago; only a site lead"
            " reopens it."
        )
    if (is_barred or reason == CloseCode.CONTACT_DNC) and not renewed.strip():
        raise InvalidInput(
            "The person asked not to be contacted: it is reopened only when she or he came back"
            " by own wish. Say how.",
            field="renewed",
        )
    if len(renewed) > MAX_RENEWED:
        raise InvalidInput(f"At most {MAX_RENEWED} characters.", field="renewed")


def proposes_reopen(reason: str, *, closed_at: datetime, at: datetime) -> bool:
    """Whether somebody who asks again gets this lead back, rather than a new one (DU3)."""
    never = {CloseCode.DECEASED, *SITE_LEAD_ONLY}
    return reason not in never and at - closed_at < PROPOSED_FOR

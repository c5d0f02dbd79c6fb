"""A site lead lets something pass that a rule holds back, and says why (G3, CD3, 9.1)."""

from collections.abc import Sequence

from recruitment.rules.events import EventKind
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.work_codes import Gate
from recruitment.services.log import Change
from recruitment.services.site_leads import leads_site

MIN_REASON = 3  # characters
MAX_REASON = 300  # characters


class NotSiteLead(InvalidInput):
    """Somebody who does not lead the site tried to override."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, field="override")


def write_override(
    work: Change,
    gate: Gate,
    reason: str,
    *,
    missing: str = "",
    codes: Sequence[str] = ("",),
) -> None:
    """Write that the site lead lets `gate` pass, inside a change that is open (G3).

    `codes` name what was missing, one event each; `missing` says the same as sentences and stands
    with the reason in the words of the first event. Raises NotSiteLead unless who acts leads the
    site, InvalidInput for a reason that says nothing. Not for jobs.
    """
    reason = reason.strip()
    if work.by is None or not leads_site(work.by, work.lead.study_site):
        raise NotSiteLead("Only a site lead may override this; ask one.")
    if len(reason) < MIN_REASON:
        raise InvalidInput("Say why you override it, in a few words.", field="override")
    if len(reason) > MAX_REASON:
        raise InvalidInput(f"At most {MAX_REASON} characters.", field="override")
    ended = reason if reason.endswith(".") else f"{reason}."
    note = f"{ended} Missing then: {missing}" if missing else ended
    for code in codes:
        work.add(EventKind.GATE_OVERRIDDEN, code=gate, reason_code=code, note=note)
        note = ""

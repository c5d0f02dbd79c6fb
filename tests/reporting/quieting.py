"""The inputs of a report with every lead counted by its share that may be."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from reporting.figures.inputs import Inputs, LeadFacts
from reporting.figures.quiet import looked_at_since, quiet_since, share_of
from reporting.figures.shares import QuietLeads


def set_apart(inputs: Inputs) -> Inputs:
    """What the log gives when it keeps what quiet leads come to."""
    since = looked_at_since(inputs)
    counted = {id(lead) for lead in inputs.counted}
    quiet = [
        (at, lead)
        for lead in inputs.leads
        if id(lead) in counted and (at := quiet_since(lead)) is not None and at < since
    ]
    gone = {id(lead) for _, lead in quiet}
    newest = sorted(quiet, key=lambda pair: pair[0], reverse=True)

    def recent(since: datetime) -> Sequence[LeadFacts]:
        return [lead for at, lead in newest if at >= since]

    shares = Counter(share_of(lead, quiet=at) for at, lead in quiet)
    leads = tuple(lead for lead in inputs.leads if id(lead) not in gone)
    return replace(inputs, leads=leads, quiet=QuietLeads(dict(shares), recent))

"""The inputs of a report with every lead counted by its share, or ahead, that may be."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from reporting.figures.ahead import sums_of
from reporting.figures.inputs import Inputs, LeadFacts
from reporting.figures.quiet import looked_at_since, quiet_since, share_of
from reporting.figures.shares import CountedAhead, QuietLeads


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


def count_some(inputs: Inputs, *, every: int) -> Inputs:
    """Each lead but every so many-th counted ahead, those that `quiet` holds by their shares."""
    counted = {id(lead) for lead in inputs.counted}
    ahead = [lead for at, lead in enumerate(inputs.leads) if at % every and id(lead) in counted]
    gone = {id(lead) for lead in ahead}
    apart = tuple(lead for lead in inputs.leads if id(lead) not in gone)
    sums = sums_of(ahead, inputs) + inputs.quiet.sums
    return replace(inputs, ahead=CountedAhead(sums, apart))

"""Ownership coverage and paused share, which a site tells only if it opts in (D39; 10.2, PZ4).

Both are a part of open leads at the cut-off, so they are breakdowns: a part is printed only where
neither it nor what is left is of 1 to k-1 leads, else it is withheld. Strict mode prints none.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from recruitment.rules.stages import Bucket
from reporting.figures.cells import WITHHELD, exact
from reporting.figures.inputs import Inputs, LeadFacts
from reporting.figures.rates import Rate, rate


@dataclass(frozen=True, slots=True)
class SiteWork:
    """`coverage`: open leads with an owner and a next action that is not overdue, of open leads.

    `paused`: targets that stand still, of those that run.
    """

    coverage: Rate
    paused: Rate


def site_work(inputs: Inputs) -> SiteWork | None:
    """Both shares; None where the site has not opted in, and in strict mode."""
    if not inputs.tells_site_work or inputs.strict:
        return None
    leads = [lead for lead in inputs.counted if lead.bucket != Bucket.CLOSED]
    return SiteWork(_coverage(leads, inputs), _paused(leads, inputs.k))


def is_covered(lead: LeadFacts, inputs: Inputs) -> bool:
    """Whether somebody owns it and its next action is not past due at the cut-off (10.2)."""
    return lead.is_owned and lead.action is not None and lead.action.due_at >= inputs.header.cut_off


def _coverage(leads: Sequence[LeadFacts], inputs: Inputs) -> Rate:
    """The leads with a next action are counted in a table of their own, so that is a bound too."""
    covered = sum(is_covered(lead, inputs) for lead in leads)
    with_action = sum(lead.action is not None for lead in leads)
    return _part(covered, len(leads), inputs.k, [covered, with_action - covered])


def _paused(leads: Sequence[LeadFacts], k: int) -> Rate:
    """Targets are no people: what is small is told by the leads behind them."""
    still = sum(lead.paused > 0 for lead in leads)
    going = sum(lead.running > lead.paused for lead in leads)
    paused, running = (sum(getattr(lead, name) for lead in leads) for name in ("paused", "running"))
    return _part(paused, running, k, [paused, still, going])


def _part(part: int, base: int, k: int, people: Sequence[int]) -> Rate:
    """The part, printed only where none of `people` and what is left is 1 to k-1."""
    is_small = any(0 < number < k for number in (*people, base - part))
    return rate(WITHHELD if is_small else exact(part), base)

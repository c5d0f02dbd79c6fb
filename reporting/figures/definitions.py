"""What every figure of a report counts: docs/figures.md is made from this, so neither is behind.

Each definition names the function that works its figure out. A change that makes a number come out
differently raises `report.DEFINITIONS` (SR4).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reporting.figures import (
    agreed,
    asks,
    changes,
    closing,
    costs,
    execution,
    friction,
    funnel,
    movement,
    scheduling,
    site_work,
    sources,
    stalled,
    standing,
)

PERIOD = "the period: cut-off of the last issued report to this cut-off (SR1)"
AT_CUT_OFF = "open leads at the cut-off"
COHORT = "leads received in the eight full weeks before the cut-off (Q1)"
TO_DATE = "activation to the cut-off"
CONTACT_AGE = f"received at least {sources.CONTACT_WITHIN.days} days before the cut-off (Q3)"
MATURE = f"received at least {sources.MATURE_AFTER.days} days before the cut-off (Q3)"
VALID = "valid inquiries: received, without merged duplicates, spam and test leads (Q2)"


@dataclass(frozen=True, slots=True)
class Definition:
    """One figure: what it counts, of what ("" for a plain count), of which leads, how old.

    `by` is the function that works it out; `source` the rules of domain.md behind it.
    """

    name: str
    numerator: str
    denominator: str
    cohort: str
    maturity: str
    source: str
    by: Callable[..., Any]


DEFINED: tuple[Definition, ...] = (
    Definition(
        "Movement",
        "leads that reached a milestone for the first time, where it happened; closes once each",
        "",
        PERIOD,
        "",
        "12.1 (3), SR2",
        movement.movement,
    ),
    Definition(
        "Balance",
        "open at the last cut-off + late + new + reopened − closed − enrolled − merged = open now",  # noqa: RUF001  (a minus)
        "",
        PERIOD,
        "",
        "12.1 (4), SR2",
        movement.balance,
    ),
    Definition(
        "Open by bucket", "leads, each in one bucket", "", AT_CUT_OFF, "", "LC1, LC3",
        standing.open_by_bucket,
    ),
    Definition(
        "Inquiries", "leads received, duplicates included", "", COHORT, "", "10.2",
        sources.source_table,
    ),
    Definition(
        "Contact rate", "two-way contact within 14 days of receipt", VALID, COHORT, CONTACT_AGE,
        "10.2, Q3, Q6, SN1, SN2", sources.source_table,
    ),
    Definition(
        "Reviewable rate", "reviewable by the cut-off", VALID, COHORT, MATURE,
        "10.2, Q3, Q4, Q6, SN1, SN2", sources.source_table,
    ),
    Definition(
        "Scheduled-visit rate", "first visit booked by the cut-off", VALID, COHORT, MATURE,
        "10.2, Q3, Q4, Q6, SN1, SN2", sources.source_table,
    ),
    Definition(
        "From inquiry to visit", "leads that reached each milestone by the cut-off",
        "leads that reached the milestone before it", COHORT, MATURE, "10.1, Q4", funnel.funnel,
    ),
    Definition(
        "Cost per reviewable, per enrolled",
        "what the source cost in the cohort's time; none where no cost was entered",
        "leads of it that became reviewable, that enrolled; none where there are none",
        COHORT, MATURE, "10.2, 10.4", costs.source_yields,
    ),
    Definition(
        "Blockers", "blocked leads, each under its oldest open blocker", "", AT_CUT_OFF, "",
        "12.1 (7), D23", standing.blockers,
    ),
    Definition(
        "Records", "leads that need records, by the roll-up of their items", "", AT_CUT_OFF, "",
        "12.1 (8), RC4", standing.records,
    ),
    Definition(
        "Next actions", "leads by the kind of their open next action", "", AT_CUT_OFF, "",
        "12.1 (14), D9", standing.next_actions,
    ),
    Definition(
        "Close reasons", "closes by family; a lead closed twice counts twice", "", TO_DATE, "",
        "12.1 (11), 9.3, DX1, DX3, SC4", closing.close_reasons,
    ),
    Definition(
        "Frees", "leads that wait for an ask and have its blocker as their oldest",
        "leads under that blocker", AT_CUT_OFF, "", "D39, AS3", asks.ask_table,
    ),
    Definition(
        "Agreed actions", "actions of completed weekly reviews, each with what came of it", "",
        "open at the last cut-off, or agreed since; the study at the site", "", "12.1 (14), D39",
        agreed.agreed_table,
    ),
    Definition(
        "First response, prescreen review in target", "clocks met by their due time",
        "met + met late + missed + overdue at the cut-off", PERIOD, "", "12.1 (6), CK4",
        execution.execution,
    ),
    Definition(
        "Ownership coverage (if the site opts in)",
        "leads with an owner and a next action that is not past due", "open leads",
        AT_CUT_OFF, "", "10.2, D39", site_work.site_work,
    ),
    Definition(
        "Paused share (if the site opts in)", "targets that stand still",
        "targets that have begun and not ended", AT_CUT_OFF, "", "12.1 (6), PZ4, D39",
        site_work.site_work,
    ),
    Definition(
        "Visits booked, attended, missed", "bookings, and visits with that result", "",
        PERIOD, "", "12.1 (9), SR2", scheduling.scheduling,
    ),
    Definition(
        "Stale", "leads stale now, gone stale and recovered in the period, by reason", "",
        AT_CUT_OFF, "", "12.1 (10), 6.2", stalled.stalled,
    ),
    Definition(
        "Criteria and protocol friction",
        "closes of the family of criteria, and leads blocked by a question on them", "",
        TO_DATE, "", "12.1 (12), 9.3", friction.friction,
    ),
    Definition(
        "Changes from patient-group input",
        "changes that a site lead wrote down, told once; and earlier ones that were taken back", "",
        "written down in the period; the study at the site", "", "12.1 (13), PG4, PG8",
        changes.change_table,
    ),
)  # fmt: skip  # a row for each


def parts() -> dict[str, str]:
    """The generated part of docs/figures.md, by the name in its marks."""
    head = ("figure", "counts", "of", "leads", "how old", "rules", "worked out by")
    rows = [
        (
            one.name,
            one.numerator,
            one.denominator or "–",  # noqa: RUF001  (a dash, where there is nothing)
            one.cohort,
            one.maturity or "any age",
            one.source,
            f"`{one.by.__module__.rpartition('.')[2]}.{one.by.__name__}`",
        )
        for one in DEFINED
    ]
    lines = [head, tuple("---" for _ in head), *rows]
    return {"definitions": "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"}

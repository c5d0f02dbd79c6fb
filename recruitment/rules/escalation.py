"""Who is asked next when work on a lead cannot go on by itself (domain.md 5.4 E1, E2).

Nothing here rises by itself: a notice to the owner and a list for the site lead follow from due
times, everything above them is raised by a person.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from recruitment.rules.calendars import BusinessCalendar, add_business_days
from recruitment.rules.recovery_codes import EscalationKind, EscalationLevel
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.targets import TargetKey

K, L = EscalationKind, EscalationLevel

ROUTES: Mapping[EscalationKind, EscalationLevel] = {
    K.OWNERSHIP: L.SITE_LEAD,
    K.WORKLOAD: L.SITE_LEAD,
    K.COVERAGE: L.SITE_LEAD,
    K.CLINICAL: L.STUDY_LEAD,
    K.CRITERIA: L.STUDY_LEAD,
    K.CONSENT: L.STUDY_LEAD,
    K.CAPACITY: L.SPONSOR,
    K.VISIT_WINDOW: L.SPONSOR,
    K.BUDGET: L.SPONSOR,
    K.CRITERIA_WORDING: L.SPONSOR,
    K.MATERIAL: L.SPONSOR,
}
"""Whom each kind concerns in the end (E2). The site lead may be asked first about any of them."""

PERMISSIONS: Mapping[EscalationLevel, tuple[str, ...]] = {
    L.SITE_LEAD: ("lead_site",),
    L.STUDY_LEAD: ("review_leads", "lead_site"),
    L.SPONSOR: ("lead_site",),
}
"""What its owner holds at the study's site, any of these.

A study lead need not sign in: then the site lead carries the question. What is for a sponsor is
owned by the site lead too, who issues the report that the ask goes out with.
"""

ANY_OWNER: frozenset[str] = frozenset(perm for perms in PERMISSIONS.values() for perm in perms)
"""What somebody holds who may own an escalation at one level or another."""

ANSWER_WITHIN: Mapping[EscalationLevel, int] = {L.SITE_LEAD: 1, L.STUDY_LEAD: 3, L.SPONSOR: 5}
"""Working days of the site that a form proposes; the study-team and ask targets of 5.1."""

MOST_AHEAD = timedelta(days=60)
"""The latest an answer may be due; later than that it is no escalation."""

NOT_LISTED: frozenset[TargetKey] = frozenset({TargetKey.PRESCREEN_COMPLETE})
"""Targets whose breach nobody further up is shown: it feeds the cadence instead (5.1)."""

STUDY_OWNERS: frozenset[TargetKey] = frozenset({TargetKey.OWN, TargetKey.OUTCOME})
"""Targets whose breach the owner of the study at the site is shown, beside the site lead (5.1)."""

WITH_THE_REPORT = (
    "Nothing is sent to the sponsor from here. The ask itself is raised with the sponsor report."
)


def levels_of(kind: EscalationKind) -> tuple[EscalationLevel, ...]:
    """Whom a question of this kind may go to, first whom it concerns in the end (E2)."""
    route = ROUTES[kind]
    return (route,) if route == L.SITE_LEAD else (route, L.SITE_LEAD)


def check_route(kind: EscalationKind, level: EscalationLevel) -> None:
    """Raise InvalidInput, naming the field, for a level that the kind does not go to (E2)."""
    allowed = levels_of(kind)
    if level not in allowed:
        whom = ", or first to the ".join(each.label.lower() for each in allowed)
        raise InvalidInput(f"{kind.label} goes to the {whom}.", field="level")


def check_due(due_at: datetime, *, at: datetime) -> None:
    """Raise InvalidInput unless `due_at` lies ahead of `at`, within 60 days. Both UTC."""
    if due_at <= at:
        raise InvalidInput("The day to answer by lies ahead.", field="due_at")
    if due_at > at + MOST_AHEAD:
        raise InvalidInput("Ask for an answer within 60 days.", field="due_at")


def proposed_due(level: EscalationLevel, *, at: datetime, calendar: BusinessCalendar) -> datetime:
    """When a form proposes that the answer is due, in UTC."""
    return add_business_days(at, ANSWER_WITHIN[level], calendar)

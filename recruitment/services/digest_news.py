"""What is new in somebody's work since a moment: counts and where to look, nobody's name (PR4).

New is what a notice or an entry of that time says and what still stands: what was answered
meanwhile is not told, and what she was told before is not told again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Greatest
from django.urls import reverse

from accounts.models import User
from recruitment.models import Alert, Escalation, Handoff, Lead, LeadEvent, study_sites_for
from recruitment.models.clock_lists import due_soon, overdue_of_others, overdue_of_own
from recruitment.rules.events import MOVED, EventKind
from recruitment.rules.recovery_codes import EscalationLevel, EscalationState
from recruitment.rules.work_codes import HandoffState
from recruitment.services.digest_actions import reminders_of


@dataclass(frozen=True)
class Window:
    """After `since`, up to and including `through`; both UTC."""

    since: datetime
    through: datetime

    def holds(self, column: str) -> Q:
        """That a column's time lies in it."""
        return Q(**{f"{column}__gt": self.since, f"{column}__lte": self.through})


@dataclass(frozen=True)
class News:
    """One kind of thing: how many are new, how many there are in all, and where they stand."""

    words: str
    new: int
    standing: int
    path: str


def news_of(user: User, window: Window, *, now: datetime) -> list[News]:
    """What is new to `user`, kind by kind; empty when nothing is. At most twelve statements."""
    return [news for news in _all(user, window, now) if news.new]


def has_news(user: User, window: Window, *, now: datetime) -> bool:
    """Whether anything is new to `user`; stops at the first that is."""
    return any(news.new for news in _all(user, window, now))


def _all(user: User, window: Window, now: datetime) -> Iterator[News]:
    own, others = overdue_of_own(user, now=now), overdue_of_others(user, now=now)
    soon = due_soon(user, now=now).annotate(told=Greatest("warn_at", "told_at"))
    overdue_url = _path("escalations", list="overdue")
    yield _news("Past a target, on your leads", _noticed(own, window), overdue_url)
    yield _news(
        "Due soon, on your leads", _in(soon, window, "told"), _path("escalations", list="soon")
    )
    yield _news("Hand-offs to answer", _handoffs(user, window), _path("handoffs"))
    stale = _path("queue", tab="mine", bucket="stale")
    yield _news("Leads of yours that went stale", _stale(user, window, now), stale)
    asked = Escalation.objects.filter(
        owner=user, state=EscalationState.OPEN, lead__in=Lead.objects.visible_to(user)
    )
    for level in EscalationLevel:
        rows = asked.filter(level=level)
        words = f"Escalated to you, {level.label.lower()}"
        yield _news(words, _in(rows, window, "raised_at"), _path("escalations", list=level.value))
    yield _news("Past a target, at your sites", _noticed(others, window), overdue_url)
    led = study_sites_for(user, "lead_site").values("pk")
    alerts = Alert.objects.filter(study_site__in=led, seen_at__isnull=True)
    yield _news("Alerts about your sites", _in(alerts, window, "made_at"), _path("queue"))
    yield from _actions(user, window, now)


def _actions(user: User, window: Window, now: datetime) -> Iterator[News]:
    """What she has to do for a weekly review: agreed for her, due next, past its day."""
    reminders, url = reminders_of(user), _path("weekly_reviews") + "#own"
    agreed = [one.agreed for one in reminders if one.agreed]
    soon = [one.soon for one in reminders if one.soon <= now < one.past]
    past = [one.past for one in reminders if one.past <= now]
    for words, since in (
        ("Agreed for you in a weekly review", agreed),
        ("Due next, of what you agreed to do in a weekly review", soon),
        ("Past its day, of what you agreed to do in a weekly review", past),
    ):
        new = sum(1 for each in since if window.since < each <= window.through)
        yield News(words, new, len(since), url)


def _path(name: str, **asked: str) -> str:
    return reverse(name) + (f"?{urlencode(asked)}" if asked else "")


def _news(words: str, rows: QuerySet[Any], path: str) -> News:
    """Count rows that carry `is_new`. One statement."""
    n = rows.order_by().aggregate(new=Count("pk", filter=Q(is_new=True)), standing=Count("pk"))
    return News(words, n["new"], n["standing"], path)


def _in(rows: QuerySet[Any], window: Window, column: str) -> QuerySet[Any]:
    found: QuerySet[Any] = rows.annotate(is_new=window.holds(column))
    return found


def _noticed(clocks: QuerySet[Any], window: Window) -> QuerySet[Any]:
    """Overdue clocks; new are those whose notice was written in the window."""
    notices = LeadEvent.objects.filter(
        window.holds("recorded_at"),
        kind=EventKind.CLOCK_BREACHED,
        lead=OuterRef("lead"),
        code=OuterRef("target"),
        subject_id=OuterRef("subject_id"),
        due_at=OuterRef("flagged_for"),
    )
    found: QuerySet[Any] = clocks.annotate(is_new=Exists(notices))
    return found


def _handoffs(user: User, window: Window) -> QuerySet[Any]:
    offered = Handoff.objects.filter(
        receiver=user, state=HandoffState.OFFERED, lead__in=Lead.objects.visible_to(user)
    )
    return _in(offered, window, "offered_at")


def _stale(user: User, window: Window, now: datetime) -> QuerySet[Any]:
    """Her stale leads; new are those that were flagged in the window."""
    flags = LeadEvent.objects.filter(
        window.holds("recorded_at"),
        kind=EventKind.STALE_FLAGGED,
        lead=OuterRef("pk"),
        due_at=OuterRef("stale_at"),
    ).exclude(reason_code=MOVED)
    own = Lead.objects.visible_to(user).filter(owner=user)
    found: QuerySet[Any] = own.stale(at=now).annotate(is_new=Exists(flags))
    return found

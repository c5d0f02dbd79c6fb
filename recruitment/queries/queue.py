"""The daily queue: bucket counts, and one page of leads in the order of the lanes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property, partial
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from recruitment.models import Lead, StudyBlocker, StudySite
from recruitment.models.access import StudySiteUserPermission
from recruitment.models.halts import standing_halts
from recruitment.queries.queue_ask import Ask, Counts, QueuePage, Tab
from recruitment.queries.queue_capped import cells
from recruitment.queries.queue_checks import Late
from recruitment.queries.queue_counts import MOST_CLOSED, MOST_OPEN, Counted, counted
from recruitment.queries.queue_keys import Key
from recruitment.queries.queue_lists import Lists, leads_of, shape_of
from recruitment.queries.queue_order import (
    SHORT,
    SHORT_NARROWED,
    Days,
    Span,
    closed_keys,
    keys_in_order,
)
from recruitment.queries.queue_read import row_values_of
from recruitment.queries.queue_rows import QueueRow, Reader, RowValues, row_of
from recruitment.queries.queue_sums import capped, summed
from recruitment.rules.lanes import contact_times, day_of
from recruitment.rules.queue_checks import Check
from recruitment.rules.stages import Bucket
from trialsnest.lib.tally import CAP, Count, More, least

PAGE = 50  # rows shown at a time
EVERYTHING = 2**31 - 1  # rows


@dataclass(frozen=True)
class Limits:
    """Up to how many leads counts are exact, and where each stops if there are more."""

    open: int = MOST_OPEN
    closed: int = MOST_CLOSED
    cap: int = CAP


@dataclass(frozen=True)
class Queue:
    """The leads of `study_sites` as `user` reads them at `now` (UTC)."""

    user: User
    study_sites: Sequence[StudySite]
    now: datetime
    late: Late = field(default_factory=dict)  # for what was left lying; see queue_checks
    limits: Limits = Limits()

    def counts(self, ask: Ask) -> Counts:
        """The counts of every bucket and tab under the filters of `ask`. One statement, or two.

        Exact, unless there are more leads than anybody works through; see `Limits`.
        """
        asked = Counted(
            ask, self.values(ask), now=self.now, days=self.days_of(ask), halted=self.halted
        )
        groups = counted(asked, most_open=self.limits.open, most_closed=self.limits.closed)
        exact = summed(groups.groups, now=self.now)
        if not groups.is_open_cut and not groups.is_closed_cut:
            return exact
        cap = self.limits.cap
        rest = cells(asked, ask.tab, groups, cap=cap)
        return capped(exact, rest, cap=cap, cut=groups, now=self.now)

    def page(self, ask: Ask, total: Count) -> QueuePage:
        """The rows of one page; `total` comes from `counts`. Three statements.

        Behind what was counted a page is found by a key alone.
        """
        is_found = isinstance(total, More) and Key.read(ask.after or ask.before) is not None
        last = ask.page if is_found else -(-least(total) // PAGE)
        first = (max(1, min(ask.page, last)) - 1) * PAGE
        keys = self._keys(ask, total, first)
        shown = keys[:PAGE]
        return QueuePage(
            self._rows([key.id for key in shown]),
            total,
            first,
            newer=shown[0].text if shown and first else "",
            older=shown[-1].text if len(keys) > PAGE else "",
        )

    def row(self, lead: Lead) -> QueueRow:
        """The row of one lead as it is now. Two statements."""
        return self._rows([lead.pk])[0]

    def keys(self, ask: Ask, span: Span, *, is_short: bool = False) -> list[Key]:
        """Where the leads of the list stand, in its order. Two statements; one for closed ones."""
        if ask.bucket == Bucket.CLOSED:
            return closed_keys(self.listing(ask), span)
        values = self.values(ask)
        return keys_in_order(
            (leads_of.where(shape_of(ask), **values), values),
            span,
            now=self.now,
            days=self.days_of(ask),
            halted=self.halted,
            is_short=is_short,
        )

    def listing(self, ask: Ask) -> QuerySet[Lead]:
        """The leads of the list in no order, for counting."""
        places = [row.pk for row in self.study_sites]
        return Lead.objects.filter(self.of_list(ask), study_site__in=places)

    def listed(self, ask: Ask) -> list[RowValues]:
        """What ranks and shows the leads of the list, whole, in its order. Three statements."""
        keys = [key.id for key in self.keys(ask, Span(EVERYTHING), is_short=True)]
        found = row_values_of(keys, now=self.now)
        return [found[key] for key in keys if key in found]

    def _keys(self, ask: Ask, total: Count, first: int) -> list[Key]:
        """The keys of one page and of the lead behind it, where there is one.

        From the key that the address names; without one, counted from the beginning.
        """
        is_narrowed = ask.is_filtered or bool(ask.bucket) or ask.tab == Tab.UNOWNED
        most = SHORT_NARROWED if is_narrowed else SHORT
        is_short = (isinstance(total, int) and total <= most) or ask.tab in {Tab.MINE, Tab.WAITING}
        after, before = Key.read(ask.after), Key.read(ask.before)
        if first and before is not None:
            found = self.keys(ask, Span(PAGE, before=before), is_short=is_short)
            return [*found, before]  # it was shown before, so there is more behind
        if first and after is not None:
            return self.keys(ask, Span(PAGE + 1, after=after), is_short=is_short)
        return self.keys(ask, Span(first + PAGE + 1), is_short=is_short)[first:]

    def _rows(self, keys: Sequence[int]) -> list[QueueRow]:
        """The rows of these leads, in this order. One statement."""
        if not keys:
            return []
        found, days = row_values_of(keys, now=self.now), self.days()
        studies = {row.pk: row.study for row in self.study_sites}
        times = cache(partial(contact_times, self.now))
        reader = Reader(self.user.pk, self.may("work_leads"), self.halted, times)
        shown = [found[key] for key in keys if key in found]
        return [
            row_of(row, studies[row.study_site_id], days[row.study_site_id], reader)
            for row in shown
        ]

    def days(self) -> Days:
        """Today at every study's site."""
        by_zone = {
            zone: day_of(self.now, zone)
            for zone in {study_site.site.time_zone for study_site in self.study_sites}
        }
        return {
            study_site.pk: by_zone[study_site.site.time_zone] for study_site in self.study_sites
        }

    @cached_property
    def rights(self) -> frozenset[tuple[str, int]]:
        """What the user may do (a codename) at which study at a site. None where it was read with
        them (`models.with_rights`), else one statement, once."""
        known = [(getattr(row, "perms", None), row.pk) for row in self.study_sites]
        if all(perms is not None for perms, _ in known):
            return frozenset((perm, key) for perms, key in known for perm in perms or ())
        held = StudySiteUserPermission.objects.filter(user=self.user)
        return frozenset(held.values_list("permission__codename", "content_object_id"))

    @cached_property
    def halts(self) -> list[StudyBlocker]:
        """The halts that stand here (D32). One statement, none where it is known that none does."""
        halted = [row.pk for row in self.study_sites if getattr(row, "is_halted", True)]
        return standing_halts(halted) if halted else []

    @property
    def halted(self) -> frozenset[int]:
        """The studies at sites (keys) that are halted."""
        return frozenset(halt.study_site_id for halt in self.halts)

    def may(self, perm: str) -> frozenset[int]:
        """Where the user holds `perm`."""
        return frozenset(key for held, key in self.rights if held == perm)

    def of_list(self, ask: Ask) -> Q:
        """Which leads the list holds, as a condition on columns of Lead."""
        return Lists(self.values(ask)).of_list(ask)

    def values(self, ask: Ask, name: str = "") -> dict[str, Any]:
        """The values of `queue_lists.Lists` for what `ask` asks for."""
        found: dict[str, Any] = {"me": self.user.pk, "now": self.now}
        if ask.study:
            found[f"{name}chosen"] = list(self.days_of(ask))
        found |= {f"{name}{key}": getattr(ask, key) for key in ("source", "owner")}
        if ask.check == Check.LEFT_LYING:
            for at, (before, keys) in enumerate(self.late.items()):
                found |= {f"before_{at}": before, f"left_{at}": sorted({*keys} - self.halted)}
        return found

    def days_of(self, ask: Ask) -> Days:
        """Today at the studies at sites that the list may show."""
        chosen = {row.pk for row in self.study_sites if ask.study in {0, row.study_id}}
        return {key: day for key, day in self.days().items() if key in chosen}

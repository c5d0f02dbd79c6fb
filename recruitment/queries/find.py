"""Finding leads by what somebody typed, among those that she may see (performance.md E11, G11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Case, Q, QuerySet, When

from accounts.models import User
from recruitment.models import Lead
from recruitment.models.access import StudySiteUserPermission
from recruitment.queries.stage_labels import short_label_of
from recruitment.rules.identity.search import Sought, Span, sought
from recruitment.rules.stages import CLOSED, OPEN, Stage
from recruitment.rules.vocabulary import ActionType
from recruitment.rules.why_not import Standing, why_not
from trialsnest.lib.words import DueWords, due

MOST = 200  # leads that are looked at; what was typed is too little for more
SHOWN = 25
FEW_PLACES = 100  # up to here it is quicker to look in one place after the other
LETTERS = 254  # that are read of what was typed: an address in full

READ = (
    *("number", "stage", "next_type", "due_at", "received_at", "owner__name"),
    *("stale_at", "first_action_at", "is_promised", "is_held", "visit_at"),
    *("person__first_name", "person__last_name"),
    *("study_site__study__code", "study_site__study__settings_version"),
    *("study_site__site__name", "study_site__site__time_zone"),
)
"""The columns that a row needs; whole rows of five tables take longer than the search."""

IN_PLACES = """
SELECT found.lead_id
  FROM unnest(%(places)s::bigint[]) place (id),
       LATERAL (SELECT token.lead_id FROM recruitment_searchtoken token
                 WHERE token.study_site_id = place.id AND {tests} LIMIT %(most)s) found
 LIMIT %(most)s
"""
EVERYWHERE = """
SELECT token.lead_id FROM recruitment_searchtoken token
 WHERE {tests} AND token.study_site_id + 0 = ANY (%(places)s::bigint[])
 LIMIT %(most)s
"""
"""The sum keeps the planner from trying the index place by place; the array is hashed instead."""
OTHER = """EXISTS (SELECT FROM recruitment_searchtoken other
 WHERE other.lead_id = token.lead_id AND ({spans}))"""


@dataclass(frozen=True)
class FoundRow:
    """One lead that was found, in words; times on its site's clock."""

    number: str
    name: str
    study: str
    site: str
    stage: str
    owner: str
    is_open: bool
    action: str
    due: DueWords | None
    why_not: str  # sentences: why it does not stand in the reader's own queue


@dataclass(frozen=True)
class Found:
    """What was found: the first rows, whether there are more, and whether too little was typed."""

    rows: Sequence[FoundRow]
    has_more: bool = False
    is_short: bool = False


def find_leads(user: User, text: str, *, now: datetime) -> Found | None:
    """The leads that `user` may see and that `text` finds; None for who may see no lead at all.

    By number first, then her own leads, open ones before closed, the latest first. Three
    statements, and one for each study whose words are not remembered. `now` is UTC.
    """
    held = StudySiteUserPermission.objects.filter(
        user=user, permission__codename__in=["view_leads", "work_leads"]
    ).values_list("permission__codename", "content_object", "content_object__site__country")
    places = {place: country for perm, place, country in held if perm == "view_leads"}
    works = {place for perm, place, _ in held if perm == "work_leads"}
    if not places:
        return None
    wanted = sought(text[:LETTERS], sorted(set(places.values())))
    if not wanted:
        return Found((), is_short=True)
    keys = lead_keys(wanted, list(places))
    found = _first(user, keys, wanted.number) if keys or wanted.number else ()
    leads = [lead for lead in found if lead.study_site_id in places]  # a number is anybody's
    rows = [_row(lead, user, lead.study_site_id in works, now) for lead in leads[:SHOWN]]
    return Found(rows, has_more=len(leads) > SHOWN)


def lead_keys(wanted: Sought, places: Sequence[int]) -> list[int]:
    """The keys of leads in `places` that were sought, at most 200. One statement."""
    # An array in one piece: thousands of numbers, each bound by itself, take longer than the search
    values: dict[str, Any] = {"places": f"{{{','.join(map(str, places))}}}", "most": MOST}
    query = IN_PLACES if len(places) <= FEW_PLACES else EVERYWHERE
    asked = [[_test("token", wanted.address, values)]] if wanted.address else []
    if wanted.parts:
        rarest, *others = sorted(wanted.parts, key=_vagueness)
        tests = [
            OTHER.format(spans=" OR ".join(_test("other", span, values) for span in part))
            for part in others
        ]
        asked += [[_test("token", span, values), *tests] for span in rarest]
    if not asked:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(f"({query.format(tests=' AND '.join(each))})" for each in asked),
            values,
        )
        return list(dict.fromkeys(key for (key,) in cursor.fetchall()))[:MOST]


def _vagueness(part: Sequence[Span]) -> tuple[bool, int]:
    """What is looked up first: numbers and addresses, then what is longest."""
    shortest = min((span.low for span in part), key=len)
    return not ("@" in shortest or shortest.isdecimal()), -len(shortest)


def _test(table: str, span: Span, values: dict[str, Any]) -> str:
    """The test whether a token lies in `span`; its ends are put into `values`."""
    n = len(values)
    values |= {f"low{n}": span.low, f"high{n}": span.high}
    return f"({table}.token ~>=~ %(low{n})s AND {table}.token ~<~ %(high{n})s)"


def _first(user: User, keys: Sequence[int], number: str) -> QuerySet[Lead]:
    """The leads to show, and one more where there is one. One statement."""
    found = Q(pk__in=keys) | Q(number=number) if number else Q(pk__in=keys)
    return (
        Lead.objects.filter(found)
        .select_related("person", "study_site__study", "study_site__site", "owner")
        .only(*READ)
        .annotate(
            rank=Case(
                When(number=number, then=0),
                When(owner=user, stage__in=OPEN, then=1),
                When(stage__in=OPEN, then=2),
                default=3,
            )
        )
        .order_by("rank", "-received_at", "-pk")[: SHOWN + 1]
    )


def _row(lead: Lead, user: User, works_here: bool, now: datetime) -> FoundRow:
    study, site = lead.study_site.study, lead.study_site.site
    is_open = lead.stage not in CLOSED
    is_mine, owner = lead.owner_id == user.pk, lead.owner.name if lead.owner else ""
    standing = Standing(
        stage=Stage(lead.stage),
        owner=owner,
        is_mine=is_mine,
        works_here=works_here,
        stale_at=lead.stale_at,
        has_first_action=lead.first_action_at is not None,
        is_promised=lead.is_promised,
        is_held=lead.is_held,
        is_halted=False,  # that moves a lead to the end of the queue, not out of it
        has_visit=lead.visit_at is not None,
        due_at=lead.due_at,
        zone=site.time_zone,
    )
    return FoundRow(
        number=lead.number,
        name=lead.person.display_name,
        study=study.code,
        site=site.name,
        stage=short_label_of(study, lead.stage),
        owner="You" if is_mine else owner or "No owner",
        is_open=is_open,
        action=ActionType(lead.next_type).label if is_open and lead.next_type else "",
        due=due(lead.due_at, now=now, zone=site.time_zone) if is_open and lead.due_at else None,
        why_not=" ".join(why_not(standing, now=now)),
    )

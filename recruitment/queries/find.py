"""Finding leads by what somebody typed, among those that she may see (performance.md E11, G11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Case, Q, QuerySet, When

from accounts.models import User
from recruitment.models import Lead, Site
from recruitment.models.access import StudySiteUserPermission
from recruitment.queries.stage_labels import short_label_of
from recruitment.rules.identity.search import WHOLE_NUMBER, Sought, Span, sought
from recruitment.rules.stages import CLOSED, OPEN, Stage
from recruitment.rules.vocabulary import ActionType
from recruitment.rules.why_not import Standing, why_not
from trialsnest.lib.words import DueWords, due

MOST = 200  # leads that are looked at; what was typed is too little for more
SHOWN = 25
FEW_PLACES = 100  # up to here it is quicker to look in one place after the other
EXAMINED = 2000  # leads of the rarest part that are tried against the others at first
COUNTED = 20_000  # up to here all of them are, where the first filled no list
LETTERS = 254  # that are read of what was typed: an address in full

READ = (
    *("number", "stage", "next_type", "due_at", "received_at", "owner__name"),
    *("stale_at", "first_action_at", "is_promised", "is_held", "visit_at"),
    *("person__first_name", "person__last_name"),
    *("study_site__study__code", "study_site__study__settings_version"),
    *("study_site__site__name", "study_site__site__time_zone"),
)
"""The columns that a row needs; whole rows of five tables take longer than the search."""

COLUMN = "token.token"
IN_PLACES = """
SELECT found.lead_id
  FROM unnest(%(places)s::bigint[]) place (id),
       LATERAL (SELECT token.lead_id FROM recruitment_searchtoken token
                 WHERE token.study_site_id = place.id AND {span} LIMIT %(most)s) found
 LIMIT %(most)s
"""
EVERYWHERE = """
SELECT token.lead_id FROM recruitment_searchtoken token
 WHERE {span} AND token.study_site_id + 0 = ANY (%(places)s::bigint[])
 LIMIT %(most)s
"""
"""The sum keeps the planner from trying the index place by place; the array is hashed instead."""
HOW_MANY = """
SELECT count(*) FROM (SELECT FROM recruitment_searchtoken token WHERE {span} LIMIT %(most)s) found
"""
WITH_OTHERS = """
WITH candidate AS MATERIALIZED ({candidates})
SELECT candidate.lead_id FROM candidate, {others} LIMIT %(shown)s
"""
OTHER = """
LATERAL (SELECT FROM recruitment_searchtoken token
          WHERE token.lead_id = candidate.lead_id AND ({spans}) LIMIT 1) other{n}
"""
"""Each candidate is tried by its own few tokens: what is added to the token keeps the planner from
walking everything with that beginning instead, for each candidate anew, which takes seconds."""


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
    statements for one word; more for a whole number, for several words, and for each study whose
    words are not remembered. `now` is UTC.
    """
    held = StudySiteUserPermission.objects.filter(
        user=user, permission__codename__in=["view_leads", "work_leads"]
    ).values_list("permission__codename", "content_object")
    places = {place for perm, place in held if perm == "view_leads"}
    works = {place for perm, place in held if perm == "work_leads"}
    if not places:
        return None
    wanted = sought(text[:LETTERS], _regions(text))
    if not wanted:
        return Found((), is_short=True)
    keys, is_cut = lead_keys(wanted, list(places))
    found = _first(user, keys, wanted.number) if keys or wanted.number else ()
    leads = [lead for lead in found if lead.study_site_id in places]  # a number is anybody's
    rows = [_row(lead, user, lead.study_site_id in works, now) for lead in leads[:SHOWN]]
    return Found(rows, has_more=is_cut or len(leads) > SHOWN)


def _regions(text: str) -> list[str]:
    """The countries of the sites, which give a whole national number its own; one statement."""
    if sum(letter.isdecimal() for letter in text) < WHOLE_NUMBER:
        return []
    return sorted(Site.objects.order_by().values_list("country", flat=True).distinct())


def lead_keys(wanted: Sought, places: Sequence[int]) -> tuple[list[int], bool]:
    """The keys of leads in `places` that were sought, at most 200; whether there may be more.

    One statement for one part. For several one more for each, which tells the rarest of them, and
    another where the first who have that one did not fill the list. Where every part is one that
    20,000 have, nobody looks at all of them: more must be typed.
    """
    # An array in one piece: thousands of numbers, each bound by itself, take longer than the search
    values = {"places": f"{{{','.join(map(str, places))}}}", "shown": MOST}
    query = IN_PLACES if len(places) <= FEW_PLACES else EVERYWHERE
    keys: list[int] = []
    is_cut = False
    if wanted.address:
        keys += _read(_candidates(query, [wanted.address], values), values, most=MOST)
    if len(wanted.parts) == 1:
        keys += _read(_candidates(query, wanted.parts[0], values), values, most=MOST)
    elif wanted.parts:
        counts = [_how_many(part) for part in wanted.parts]
        rarest = counts.index(min(counts))
        others = [part for n, part in enumerate(wanted.parts) if n != rarest]
        candidates = _candidates(query, wanted.parts[rarest], values)
        statement = WITH_OTHERS.format(candidates=candidates, others=_others(others, values))
        found = _read(statement, values, most=EXAMINED)
        is_cut = counts[rarest] >= COUNTED
        if EXAMINED <= counts[rarest] < COUNTED and len(found) < SHOWN:
            found = _read(statement, values, most=COUNTED)
        keys += found
    return list(dict.fromkeys(keys))[:MOST], is_cut


def _read(statement: str, values: dict[str, Any], *, most: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {**values, "most": most})
        return [key for (key,) in cursor.fetchall()]


def _how_many(part: Sequence[Span]) -> int:
    """How many tokens anywhere have the part, counted up to a limit. One statement."""
    values: dict[str, Any] = {"most": COUNTED}
    counts = (f"({HOW_MANY.format(span=_test(span, values))})" for span in part)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {' + '.join(counts)}", values)
        return int(cursor.fetchone()[0])


def _candidates(query: str, part: Sequence[Span], values: dict[str, Any]) -> str:
    return " UNION ALL ".join(f"({query.format(span=_test(span, values))})" for span in part)


def _others(parts: Sequence[Sequence[Span]], values: dict[str, Any]) -> str:
    """The joins that let only those candidates through who have all `parts`."""
    own = f"({COLUMN} || '')"
    tests = (" OR ".join(_test(span, values, own) for span in part) for part in parts)
    return ", ".join(OTHER.format(spans=spans, n=n) for n, spans in enumerate(tests))


def _test(span: Span, values: dict[str, Any], column: str = COLUMN) -> str:
    """The test whether a token lies in `span`; its ends are put into `values`."""
    n = len(values)
    values |= {f"low{n}": span.low, f"high{n}": span.high}
    return f"({column} ~>=~ %(low{n})s AND {column} ~<~ %(high{n})s)"


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

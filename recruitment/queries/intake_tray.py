"""The intake tray: leads nobody has taken on, what is on hold, and what may be double (S3, DU1)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from accounts.models import User
from recruitment.models import Blocker, ContactPoint, Lead, StudyBlocker, StudySite
from recruitment.models.halts import standing_halts
from recruitment.models.lists import held_by_place
from recruitment.queries.boards import PAGE, BoardAsk, leads_asked
from recruitment.rules.stages import OPEN, Stage
from recruitment.rules.vocabulary import BlockerCategory

RELATED = ("person", "owner", "source", "study_site__study", "study_site__site")
MOST_LOOKED = 2000
"""New leads, the newest, that are looked at for others with their numbers: some 15 pages each."""
UNOWNED, TWINS, BASIS = "unowned", "double", "basis"
"""What the address calls the lists that may be long; alone, each goes by pages."""


@dataclass(frozen=True)
class Hold:
    """A study at a site whose new leads nobody contacts now, and why."""

    place: StudySite
    leads: int
    halt: StudyBlocker | None = None  # None: leads on lists, not released


@dataclass(frozen=True)
class Twin:
    """A new lead and earlier ones that may be of the same person (D24: shown, never merged)."""

    lead: Lead
    others: Sequence[tuple[Lead, str]]


@dataclass(frozen=True)
class IntakeTray:
    """What came in and is not on its way, of the leads that `ask` wants, at `now` (UTC).

    With `ask.shows` one of the lists alone, by pages; else the first part of each.
    """

    user: User
    places: Sequence[StudySite]
    now: datetime
    ask: BoardAsk

    def totals(self) -> dict[str, int]:
        """How many rows each list has that may be long. Three statements."""
        return {
            UNOWNED: self.unowned().count(),
            TWINS: self.twins_total(),
            BASIS: self.without_basis_total(),
        }

    def unowned(self) -> QuerySet[Lead]:
        """Open leads without an owner, the oldest first; those on hold stand apart."""
        halted = [halt.study_site_id for halt in self.halts]
        found = self._open().filter(owner__isnull=True, is_held=False)
        return found.exclude(study_site__in=halted).order_by("received_at", "pk")

    def unowned_rows(self) -> list[Lead]:
        """One page of them. One statement."""
        if not self._shows(UNOWNED):
            return []
        return list(self.unowned().select_related(*RELATED)[self._part(UNOWNED)])

    def _part(self, of: str) -> slice:
        """Which rows of a list are shown; the first list is paged on the whole page too."""
        is_paged = self.ask.shows == of or (of == UNOWNED and not self.ask.shows)
        first = (self.ask.page - 1) * PAGE if is_paged else 0
        return slice(first, first + PAGE)

    @cached_property
    def halts(self) -> list[StudyBlocker]:
        """The halts that stand here. One statement."""
        return standing_halts([place.pk for place in self._places()])

    def holds(self) -> list[Hold]:
        """Halted studies and lists that are not released (RT4, D28). Two statements."""
        halts, by_key = self.halts, {place.pk: place for place in self._places()}
        new = self._open().filter(
            study_site__in=[halt.study_site_id for halt in halts], stage=Stage.NEW_INQUIRY
        )
        counts = dict(new.order_by().values_list("study_site").annotate(n=Count("pk")))
        held = held_by_place(by_key.values())
        return [
            *(Hold(by_key[h.study_site_id], counts.get(h.study_site_id, 0), h) for h in halts),
            *(Hold(by_key[key], n) for key, n in sorted(held.items()) if n),
        ]

    def without_basis(self) -> list[Blocker]:
        """Leads that may not be contacted, because no basis is recorded (IN3). One statement."""
        if not self._shows(BASIS):
            return []
        related = self._without_basis().select_related(*(f"lead__{name}" for name in RELATED))
        return list(related.order_by("opened_at", "pk")[self._part(BASIS)])

    def without_basis_total(self) -> int:
        """How many they are. One statement."""
        return self._without_basis().count() if self._shows(BASIS) else 0

    def _without_basis(self) -> QuerySet[Blocker]:
        return Blocker.objects.filter(
            lead__in=self._open(),
            category=BlockerCategory.CONTACT_PERMISSION,
            resolved_at__isnull=True,
        )

    def twins(self) -> list[Twin]:
        """New leads with the phone or e-mail of an earlier lead here, or an earlier lead of the
        same person in the same study. Five statements."""
        keys = self._doubled[self._part(TWINS)]
        rows = Lead.objects.filter(pk__in=keys).select_related(*RELATED)
        new = list(rows.order_by("-received_at", "-pk"))
        people = {lead.person_id for lead in new}
        shared = _shared(people)
        known = {other for kinds in shared.values() for other in kinds} | people
        here = [place.pk for place in self.places]
        others: dict[int, list[Lead]] = defaultdict(list)
        rows = Lead.objects.filter(person__in=known, study_site__in=here)
        for lead in rows.select_related(*RELATED).order_by("received_at", "pk"):
            others[lead.person_id].append(lead)
        found = [Twin(lead, _others(lead, shared[lead.person_id], others)) for lead in new]
        return [twin for twin in found if twin.others]

    def twins_total(self) -> int:
        """How many of the new leads that were looked at may be double."""
        return len(self._doubled)

    def is_cut(self) -> bool:
        """Whether there are more new leads than were looked at for doubles. One statement."""
        return self._new()[: MOST_LOOKED + 1].count() > MOST_LOOKED

    def _shows(self, of: str) -> bool:
        """Whether a list is wanted at all."""
        return self.ask.shows in {"", of}

    def _places(self) -> list[StudySite]:
        return [row for row in self.places if self.ask.study in {0, row.study_id}]

    def _open(self) -> QuerySet[Lead]:
        return leads_asked(self.ask, self.user, self.places).filter(stage__in=OPEN)

    def _new(self) -> QuerySet[Lead]:
        return self._open().filter(stage=Stage.NEW_INQUIRY)

    @cached_property
    def _doubled(self) -> list[int]:
        """The keys of new leads that may be double, the latest first. One statement, whose cost
        grows with the new leads of the places, up to MOST_LOOKED."""
        if not self._shows(TWINS):
            return []
        here = [place.pk for place in self.places]
        elsewhere = (
            ContactPoint.objects.filter(kind=OuterRef("kind"), value=OuterRef("value"))
            .exclude(person=OuterRef("person"))
            .filter(
                person__leads__study_site__in=here,
                person__leads__received_at__lt=OuterRef(OuterRef("received_at")),
            )
        )
        points = ContactPoint.objects.filter(Exists(elsewhere), person=OuterRef("person"))
        again = Lead.objects.filter(
            person=OuterRef("person"),
            study_site=OuterRef("study_site"),
            received_at__lt=OuterRef("received_at"),
        )
        newest = self._new().order_by("-received_at", "-pk")[:MOST_LOOKED]
        found = Lead.objects.filter(Exists(points) | Exists(again), pk__in=newest.values("pk"))
        return list(found.order_by("-received_at", "-pk").values_list("pk", flat=True))


def _shared(people: set[int]) -> dict[int, dict[int, set[str]]]:
    """Who else has the same phone or e-mail: by person, by the other person, the kinds."""
    rows: Any = ContactPoint.objects.filter(person__in=people)
    values = rows.values_list("person", "kind", "value")
    by_value: dict[tuple[str, str], set[int]] = defaultdict(set)
    for person, kind, value in values:
        by_value[kind, value].add(person)
    same = ContactPoint.objects.holding(
        phones=[value for kind, value in by_value if kind == "phone"],
        emails=[value for kind, value in by_value if kind == "email"],
    )
    found: dict[int, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    labels = dict(ContactPoint.KINDS)
    for other, kind, value in same.values_list("person", "kind", "value"):
        for person in by_value[kind, value] - {other}:
            found[person][other].add(labels[kind].lower())
    return found


def _others(
    lead: Lead, shared: dict[int, set[str]], leads: dict[int, list[Lead]]
) -> list[tuple[Lead, str]]:
    """The earlier leads, each with what it has in common."""
    own = [row for row in leads[lead.person_id] if row.study_site_id == lead.study_site_id]
    found = [(row, "Same person, same study") for row in own]
    for person, kinds in shared.items():
        words = f"Same {' and '.join(sorted(kinds))}"
        found += [(row, words) for row in leads[person]]
    return [(row, words) for row, words in found if row.received_at < lead.received_at]

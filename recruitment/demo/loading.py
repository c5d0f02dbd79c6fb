"""Making the demo workspace: the same seed and moment give the same leads, stage by stage."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random

from django.db import transaction

from accounts.models import User
from recruitment.demo.arrivals import WEEKS, Arrival, plan_arrivals
from recruitment.demo.asking import ask_sponsors
from recruitment.demo.cases import Case
from recruitment.demo.desks import Desk, Worker
from recruitment.demo.enquirers import invent_enquirer
from recruitment.demo.people import (
    MEMBERS,
    grant_roles,
    make_delegated,
    make_study_team,
    make_users,
)
from recruitment.demo.places import PLACES, make_sites
from recruitment.demo.reviewing import plan_meetings
from recruitment.demo.sources import make_sources
from recruitment.demo.studies import STUDIES, DemoStudy, make_study, make_study_site
from recruitment.demo.telling import tell_alone, tell_together
from recruitment.models import Lead, LeadEvent, Role, Site, Source, Study, StudySite
from recruitment.rules.calendars import next_opening
from recruitment.rules.refusals import Refusal
from recruitment.rules.vocabulary import ContactBasis
from recruitment.services.calendars import calendar_of
from recruitment.services.intake import CROCKFORD

LEADS = 800
CLOSED_TO_INTAKE = ("HERON", timedelta(weeks=5))  # the registry says it recruits no more
PAUSED = ("LINNET", timedelta(days=9))
BASIS_ASKED = timedelta(days=18)  # of late people came for whom no basis was written down
COVERED = "PLOVER"  # the coordinator of another site helps out with it
FIRST_HALF = {("PRAIRIE", code) for code in ("PLOVER", "FINCH-1", "HERON")}  # and all of HARBOR
SECOND_STUDY = 0.028  # share of leads by people with an earlier lead in another study
TWICE = 0.016  # by people who asked about this study already
Say = Callable[[str], None]


@dataclass(frozen=True)
class Counts:
    """What a load made."""

    sites: int
    studies: int
    sources: int
    users: int
    leads: int
    open_leads: int
    events: int

    def __str__(self) -> str:
        return (
            f"{self.sites} sites, {self.studies} studies, {self.sources} sources, "
            f"{self.users} users, {self.leads} leads ({self.open_leads} open), "
            f"{self.events} events"
        )


def is_empty() -> bool:
    """Whether the installation holds no site, no study and no lead."""
    return not (Site.objects.exists() or Study.objects.exists() or Lead.objects.exists())


def load(
    *,
    seed: int,
    at: datetime,
    password: str,
    say: Say,
    leads: int = LEADS,
    processes: int = 2,
) -> Counts:
    """Make the whole workspace as it stands at `at` (UTC, not in the future).

    `password` becomes that of all ten users. `say` is called with lines about the progress. With
    one of `processes` everything is one transaction; two are faster and make the same, and what
    they leave when they are killed `remove_unfinished` takes away. Raises Refusal when something
    of the demo is there already. May not run twice.
    """
    _check_absent()
    at = at.replace(second=0, microsecond=0)
    with transaction.atomic():
        desks, users = _furnish(seed, at=at, password=password)
        arrivals = plan_arrivals(desks, leads, at=at, rng=_random(seed, "arrivals"))
        cases = _cases(arrivals, seed, at=at)
        meetings = plan_meetings(desks, at=at, chance=partial(_random, seed)) if cases else []
        say(f"Demo: {len(desks)} studies at sites, {WEEKS} weeks before {at:%Y-%m-%d %H:%M} UTC")
        if processes == 1:
            tell_alone(cases, meetings, at=at, say=say)
    if processes > 1:
        tell_together(cases, meetings, at=at, say=say)
    with transaction.atomic():
        ask_sponsors(desks, at=at)
        closed = [desk.study_site.pk for desk in desks if desk.until]
        StudySite.objects.filter(pk__in=closed).update(is_open=False)
    return _count(desks, users)


def _random(seed: int, purpose: str) -> Random:
    """Chance of its own for each purpose, so that one draw more does not change all others."""
    return Random(f"{seed}:{purpose}")  # noqa: S311  (the same seed must give the same people)


def _check_absent() -> None:
    if User.objects.filter(is_demo=True).exists() or Site.objects.filter(is_demo=True).exists():
        raise Refusal("There is demo data already; remove it first with `manage.py clear_demo`.")
    taken = Study.objects.filter(nct_id__in=[plan.nct_id for plan in STUDIES]).first()
    if taken is not None:
        raise Refusal(f"{taken.nct_id} is here already as {taken.code}; the demo would need it.")


def _furnish(seed: int, *, at: datetime, password: str) -> tuple[list[Desk], dict[str, User]]:
    """Sites, studies, sources and people, as they were before the first inquiry."""
    rng = _random(seed, "places")
    begun = at - timedelta(weeks=WEEKS + 1)
    users = make_users(password, at=begun)
    sites = make_sites(at=at)
    desks = []
    for plan in STUDIES:
        study = make_study(plan, sites, at=begun)
        sources = make_sources(study, tuple(plan.sources), at=at, rng=rng)
        for code in plan.sites:
            target = rng.randint(8, 18)
            study_site = make_study_site(study, sites[code], target=target, at=begun)
            desks.append(_desk(plan, study_site, sources, users, at=at, rng=rng))
    grant_roles(users, sites, [desk.study_site for desk in desks], at=begun)
    return desks, users


def _desk(
    plan: DemoStudy,
    study_site: StudySite,
    sources: dict[str, Source],
    users: Mapping[str, User],
    *,
    at: datetime,
    rng: Random,
) -> Desk:
    here = study_site.site.code
    members = [member for member in MEMBERS if member.place == here]
    shares = {Role.COORDINATOR: 82, Role.SITE_LEAD: 18}
    workers = [
        (Worker(users[member.local_part], member), shares[member.role])
        for member in members
        if member.role in shares
    ]
    if here == "HARBOR" and plan.code == COVERED:
        member = next(member for member in MEMBERS if plan.code in member.over)
        workers.append((Worker(users[member.local_part], member), 30))
    lead = next(worker.user for worker, _ in workers if worker.member.role == Role.SITE_LEAD)
    StudySite.objects.filter(pk=study_site.pk).update(owner=workers[0][0].user)
    calendar = calendar_of(study_site.site)
    halted = next_opening(at - PAUSED[1], calendar) + timedelta(minutes=40)
    return Desk(
        plan=plan,
        study_site=study_site,
        sources=sources,
        team=make_study_team(study_site, users, rng=rng),
        delegated=make_delegated(study_site, workers[0][0].user),
        workers=workers,
        calendar=calendar,
        lead=lead,
        half=0 if (here, plan.code) in FIRST_HALF or here == "HARBOR" else 1,
        now=at,
        until=at - CLOSED_TO_INTAKE[1] if plan.code == CLOSED_TO_INTAKE[0] else None,
        paused_at=halted if plan.code == PAUSED[0] else None,
    )


def _cases(arrivals: Sequence[Arrival], seed: int, *, at: datetime) -> list[Case]:
    """A case for every arrival, with who asks; a few ask twice, or about a second study."""
    areas = {place.code: place.area_codes for place in PLACES}
    cases: list[Case] = []
    numbers: set[str] = set()
    for arrival in arrivals:
        rng = _random(seed, f"lead {arrival.number}")
        desk = arrival.desk
        known = _known_before(arrival, cases, rng)
        enquirer = invent_enquirer(
            arrival.number,
            areas[desk.study_site.site.code],
            arrival.channel,
            desk.zone,
            rng,
        )
        lead_number = "".join(rng.choices(CROCKFORD, k=8))
        while lead_number in numbers:
            lead_number = "".join(rng.choices(CROCKFORD, k=8))
        numbers.add(lead_number)
        of_late = at - arrival.received_at < BASIS_ASKED
        missing = of_late and rng.random() < arrival.channel.without_basis
        cases.append(
            Case(
                arrival=arrival,
                enquirer=known.enquirer if known else enquirer,
                lead_number=lead_number,
                once_key=f"demo:{seed}:{arrival.number}",
                rng=rng,
                worker=desk.choose_worker(rng),
                known_from=known,
                basis=ContactBasis.MISSING if missing else None,
            )
        )
    return cases


def _known_before(arrival: Arrival, cases: Sequence[Case], rng: Random) -> Case | None:
    """An earlier lead of the same person at the site: of this study or, more often, another."""
    roll = rng.random()
    if roll > SECOND_STUDY + TWICE:
        return None
    site = arrival.desk.study_site.site_id
    earlier = [
        case
        for case in cases
        if case.known_from is None
        and case.desk.study_site.site_id == site
        and case.desk.half == arrival.desk.half
        and (case.desk is arrival.desk) == (roll < TWICE)
        and timedelta(days=1) < arrival.received_at - case.arrival.known_at < timedelta(days=45)
    ]
    return rng.choice(earlier) if earlier else None


def _count(desks: Sequence[Desk], users: Mapping[str, User]) -> Counts:
    return Counts(
        sites=len({desk.study_site.site_id for desk in desks}),
        studies=len({desk.study_site.study_id for desk in desks}),
        sources=len({code for desk in desks for code in desk.sources}),
        users=len(users),
        leads=Lead.objects.filter(study_site__site__is_demo=True).count(),
        open_leads=Lead.objects.filter(study_site__site__is_demo=True).open().count(),
        events=LeadEvent.objects.filter(study_site__site__is_demo=True).count(),
    )

"""What is asked of the servers: pages of the product, and what stands beside them."""

import html
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle

from accounts.models import User
from benchmarks.http_clients import Call, Client, sign_in
from benchmarks.http_servers import Ports
from benchmarks.queue_leads import COORDINATORS, STUDIES_TOGETHER
from benchmarks.queue_readers import give_teams, readers
from recruitment.models import Lead, StudySite
from recruitment.rules.stages import Stage

QUEUE = "/queue/?tab=team"
DEEP = 41
DJANGOS = "django.contrib.auth.backends.ModelBackend"  # as in peer_settings
OLDER = re.compile(r'href="([^"]*[?&;]page=\d+&amp;after=[^"]+)"')
SEARCHERS = 12  # one person may search 120 times a minute
WORKED = (Stage.AWAITING_PRESCREEN, Stage.CONTACTED, Stage.COORDINATOR_REVIEW, Stage.RECORDS_NEEDED)
"""Stages of which there are most; after a call nobody took, each goes on as it was."""


@dataclass(frozen=True)
class Page:
    """Calls of one kind, in turn. `few` a round of one client alone, where not as many as usual."""

    calls: Iterator[Call]
    few: int = 0


@dataclass(frozen=True)
class Worker:
    """A coordinator, and leads of her studies that can be worked."""

    cookie: str
    leads: Sequence[Lead]


def queue_pages(ports: Ports) -> Mapping[str, Page]:
    """The queue of each reader, and its page far down where it is so long."""
    found = {}
    for name, user in readers().items():
        call = Call(ports.product, QUEUE, sign_in(user), holds='class="lead"')
        found[f"queue {name}"] = Page(cycle([call]))
        deep = _older(call, DEEP - 1)
        if deep is not None:
            found[f"deep {name}"] = Page(cycle([deep]), few=20)
    return found


def _older(call: Call, times: int) -> Call | None:
    """The page so many further down, found as a reader finds it; None where the list is shorter."""
    client = Client()
    for _ in range(times):
        _, body = client.send(call)
        link = OLDER.search(body.decode())
        if link is None:
            return None
        call = replace(call, path=html.unescape(link[1]))
    client.close()
    return call


def lead_pages(ports: Ports, workers: Sequence[Worker]) -> Mapping[str, Page]:
    """The panel beside the queue, and searches for a surname, its beginning and last digits."""
    chance = random.Random(5)  # noqa: S311  (which leads are opened)
    panels = [
        Call(
            ports.product,
            f"/leads/{lead.number}/?back=queue&tab=team&place=3&of=80",
            worker.cookie,
            target="panel",
            holds='id="log"',
        )
        for worker in workers
        for lead in worker.leads
    ]
    chance.shuffle(panels)
    searches = [
        Call(
            ports.product,
            "/queue/find/",
            worker.cookie,
            form={"q": text},
            target="found",
            holds="/leads/",
        )
        for worker in workers[:SEARCHERS]
        for lead in worker.leads[:5]
        for text in _searched(lead)
    ]
    chance.shuffle(searches)
    return {"panel": Page(cycle(panels)), "search": Page(cycle(searches))}


def _searched(lead: Lead) -> Sequence[str]:
    phone = lead.person.contact_points.get(kind="phone").value
    return [lead.person.last_name, lead.person.last_name[:3], phone[-4:]]


def peer_pages(ports: Ports, size: int, surname: str) -> Mapping[str, Page]:
    """Django admin's list, plain, tuned and searched, and a constant page of `size` bytes: behind
    the middleware of a new Django project, and behind the product's own."""
    admin = User.objects.create(email="admin@example.org", name="Admin", is_superuser=True)
    cookie = sign_in(admin, DJANGOS)
    row, path = 'name="_selected_action"', "recruitment/lead/"
    constant = Call(ports.peer, f"/constant/?size={size}", cookie, holds="A constant row")
    ours = replace(constant, port=ports.product, cookie=sign_in(admin))
    plain = Call(ports.peer, f"/admin/{path}", cookie, holds=row)
    tuned = Call(ports.peer, f"/tuned/{path}", cookie, holds=row)
    searched = Call(ports.peer, f"/admin/{path}?q={surname}", cookie, holds=row)
    return {
        "constant": Page(cycle([constant])),
        "constant ours": Page(cycle([ours])),
        "admin": Page(cycle([plain])),
        "tuned": Page(cycle([tuned])),
        "admin search": Page(cycle([searched]), few=3),
    }


def workers_for(leads: int) -> Sequence[Worker]:
    """So many coordinators that they have this many leads to work, or all there are."""
    teams = StudySite.objects.count() // STUDIES_TOGETHER - 1
    open_leads = Lead.objects.filter(stage__in=WORKED).count()
    number = min(teams, 5 * leads * teams // max(open_leads, 1) + SEARCHERS)
    users = give_teams(number, studies=STUDIES_TOGETHER, people=COORDINATORS)
    return [Worker(sign_in(user), _workable(user)) for user in users]


def _workable(user: User) -> Sequence[Lead]:
    """Her own leads with attempts left; none of another's, who may have called an hour ago."""
    return list(
        Lead.objects.filter(owner=user, stage__in=WORKED, attempts__lt=4, is_held=False)
        .select_related("person")
        .order_by("pk")
    )

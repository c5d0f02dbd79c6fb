"""Every page of the product, found from its addresses, in a world where each has content."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import CtmsHandoff, Role
from reporting.models import SponsorReport
from reporting.queries.network import day_of
from reporting.services.issuing import issue_report
from tests.access.roles import SIGN_IN, Row
from tests.factories.recruitment import StudySiteFactory, make_member
from tests.recruitment.asks.held import raised
from tests.reporting.world import make_draft
from tests.shielded_world import Shielded, fill
from tests.test_access import ROWS

ASKED = (
    "coordinator",
    "site_lead",
    "administrator",
    "reviewer",
    "sponsor_viewer",
    "outsider",
    "anonymous",
)
"""Who is asked first to look at a page: whoever works there. An outsider sees it empty."""

NO_PAGES = {
    "healthz": "one word for a machine",
    "readyz": "one word for a machine",
    "home": "leads on to the page of one's role",
    "queue_at": "leads on to the lead that stands there",
    "network_report_paper": "a file",
    "report_paper": "a file, or on to the page that waits for it",
    "report_figures": "a file",
    "report_drop": "leads back",
    "lead_import_rejected": "a file",
    "lead_ctms_csv": "a file",
    "queue_pulse": "a part of the queue's page",
    "lead_draft": "a word for drafts.js",
    "own_draft": "a word for drafts.js",
    "shield": "leads back",
    "action_undo": "leads back",
    "alert_seen": "leads back",
    "leave_cancel": "leads back",
    "message_answer": "leads back",
    "saved_view_delete": "leads back",
    "study_halt_end": "leads back",
    "report_refresh": "leads back",
    "patient_change_void": "leads back",
    "report_deputy_end": "leads back",
    "holiday_remove": "leads back",
    "closure_remove": "leads back",
    "sub_reason_retire": "leads back",
    "stage_prompt_retire": "leads back",
    "wording_retire": "leads back",
    "person_restore": "leads back",
    "invitation_send": "leads back",
    "invitation_revoke": "leads back",
    "weekly_review_open": "leads on to the review",
    "weekly_review_complete": "leads back",
    "weekly_action_done": "leads back",
    "weekly_item_draft": "a word for drafts.js",
    "ask_draft": "a word for drafts.js",
    "weekly_meeting": "a page only once somebody drives, see test_weekly_meeting.py",
    "weekly_meeting_go": "leads on to the meeting",
    "weekly_pack_pdf": "a file",
    "weekly_calendar": "a file",
    "weekly_own_calendar": "a file",
    "weekly_action_calendar": "a file",
}
"""Addresses that answer nobody with a page of their own, and what they answer with."""


def _handed_on(world: Shielded) -> dict[str, Any]:
    return {"number": CtmsHandoff.objects.earliest("pk").lead.number}


def _draft(world: Shielded) -> dict[str, Any]:
    return {"pk": SponsorReport.objects.get(state="draft").pk}


def _issued(world: Shielded) -> dict[str, Any]:
    return {"pk": SponsorReport.objects.get(state="issued").pk}


def _study(world: Shielded) -> dict[str, Any]:
    return {"pk": world.study_site.study_id}


def _day(world: Shielded) -> dict[str, Any]:
    report = SponsorReport.objects.get(state="issued")
    return {**_study(world), "day": f"{day_of(report.cut_off, report.study):%Y-%m-%d}"}


OWN_KWARGS = {
    "network_report": _study,
    "network_report_of": _day,
    "network_report_paper": lambda world: {**_day(world), "size": "a4"},
    "lead_ctms": _handed_on,
    "lead_ctms_csv": _handed_on,
    "report": _issued,
    "report_issue": _draft,
    "report_refresh": _draft,
    "report_question": _issued,
    "report_revise": _issued,
    "report_figures": _issued,
    "report_answer": lambda world: {**_issued(world), "place": 1},
    "report_paper": lambda world: {**_issued(world), "size": "a4"},
    "report_paper_making": lambda world: {**_draft(world), "size": "letter"},
}
"""Where the world has more to show than what the access table takes, or must stay as it is."""


@dataclass(frozen=True)
class Stop:
    """One page: whose address it is, who looks, and what is sent where it answers a form."""

    name: str
    role: str
    path: str
    data: dict[str, Any] = field(default_factory=dict, hash=False)
    is_sent: bool = False
    status: int = 200
    steps: tuple[str, ...] = ()  # what is done on the page first, see page_walk.do

    @property
    def is_of_lead(self) -> bool:
        """The page of a lead, or what a form on it answers."""
        return self.name == "lead" or self.name.startswith("lead_")

    def __str__(self) -> str:
        more = ", sent" if self.is_sent else "".join(f", {step}" for step in self.steps)
        return f"{self.name} for {self.role}{more}: {self.path}"


def make_world() -> Shielded:
    """Six people at one study and site with leads everywhere in the work, and reports."""
    place = StudySiteFactory(activated_at=timezone.now() - timedelta(weeks=6))
    people = {
        "outsider": make_member(Role.COORDINATOR, StudySiteFactory(), name="Noor Elsewhere"),
        "coordinator": make_member(Role.COORDINATOR, place, name="Priya Raman"),
        "site_lead": make_member(Role.SITE_LEAD, place.site, name="Ana Lead"),
        "reviewer": make_member(Role.REVIEWER, place, name="Ruth Reviewer"),
        "sponsor_viewer": make_member(Role.SPONSOR_VIEWER, place.study, name="Sam Sponsor"),
        "administrator": make_member(Role.ADMINISTRATOR, name="Olga Admin"),
    }
    raised(place, people["site_lead"], at=timezone.now() - timedelta(weeks=5))
    older, _ = (make_draft(place, after=timezone.now() - timedelta(weeks=n)) for n in (3, 2))
    lead = people["site_lead"]
    issue_report(report=older, by=lead, at=older.as_of, with_papers=False)
    return fill(Shielded(place, people))


def stops(world: Shielded, as_user: Callable[[User], Client]) -> list[Stop]:
    """Every page that some role gets, once as a reader and once as the answer to an empty form.

    Raises AssertionError for an address that gives nobody a page and is not told of in NO_PAGES.
    """
    clients = {role: as_user(user) for role, user in world.people.items()}
    clients["anonymous"] = Client()
    found = [stop for name, row in ROWS.items() for stop in _of(name, row, world, clients)]
    without = set(ROWS) - {stop.name for stop in found}
    differ = sorted(without ^ set(NO_PAGES))
    assert differ == [], f"pages that are in NO_PAGES, or addresses without a page: {differ}"
    return found + list(_besides(world))


def _of(name: str, row: Row, world: Shielded, clients: dict[str, Client]) -> Iterator[Stop]:
    """The pages of one address. Who is asked for one is taken from the access table where it says
    so; the browser is told what to expect, and nobody asks twice."""
    path = reverse(name, kwargs=OWN_KWARGS.get(name, row.kwargs)(world))
    is_known = name not in NO_PAGES
    for role in ASKED:
        if row.answers[role] in {403, 404, SIGN_IN}:
            continue
        is_told = is_known and row.method == "get" and row.answers[role] == 200
        if is_told or _is_page(clients[role].get(path), {200}):
            yield Stop(name, role, path)
            break
    for role in ASKED:
        if row.method != "post" or row.answers[role] not in {200, 409, 422}:
            continue
        data, status = row.data(world), row.answers[role]
        if not is_known or status != 422:
            answer = clients[role].post(path, data)
            status = answer.status_code if _is_page(answer, {200, 409, 422}) else ""
        if isinstance(status, int):
            yield Stop(name, role, path, data, is_sent=True, status=status)
            break


def _is_page(answer: HttpResponse, statuses: set[int]) -> bool:
    is_html = answer.headers.get("Content-Type", "").startswith("text/html")
    return answer.status_code in statuses and is_html and b"<html" in answer.content


def _besides(world: Shielded) -> Iterator[Stop]:
    """Pages that look different for somebody else, in another state, or with nothing on them."""
    queue = reverse("queue")
    for query in ("tab=team", "tab=team&bucket=closed", "bucket=stale", "tab=unowned"):
        yield Stop("queue", "coordinator", f"{queue}?{query}")
    filtered = "?tab=team&stage=contacted&check=left_lying"
    yield Stop("queue", "site_lead", f"{queue}{filtered}")
    for role in ("reviewer", "outsider"):
        yield Stop("queue", role, queue)
    for lead in world.leads[1:]:
        yield Stop("lead", "coordinator", reverse("lead", args=[lead.number]))
    for role in ("site_lead", "reviewer"):
        yield Stop("lead", role, reverse("lead", args=[world.lead.number]))
    yield Stop("visits_today", "site_lead", reverse("visits_today") + "?whose=team")
    yield Stop("report", "site_lead", reverse("report", kwargs=_draft(world)))
    yield Stop("reports", "sponsor_viewer", reverse("reports"))
    for name in ("records_board", "scheduling_board", "review_tray", "intake", "close_out"):
        yield Stop(name, "outsider", reverse(name))
    yield Stop("a lead that is not there", "coordinator", "/leads/999999/", status=404)
    yield Stop("a page one may not see", "reviewer", reverse("lead_add"), status=403)
    yield from _with_steps(world)


def _with_steps(world: Shielded) -> Iterator[Stop]:
    """What a page becomes under somebody's hands: the panel and its pad, what a search finds."""
    queue, lead = reverse("queue") + "?tab=team", world.lead
    opened = (f"click #open-{lead.number}", "see #panel-t")
    ways = (
        opened,
        (*opened, "choose #log [data-kind=answered]", "see #log .log__rest"),
        (*opened, "choose #log [data-kind=later]", "see #log .log__rest"),
        ("click .q .why-here", "see #panel .rank"),
        ("fill #find quack", "see #found .found__go"),
        ("fill #find nobodyhere", "see #found p"),
    )
    for steps in ways:
        yield Stop("queue", "coordinator", queue, steps=steps)
    chosen = ("choose #log [data-kind=answered]",)
    yield Stop("lead", "coordinator", reverse("lead", args=[lead.number]), steps=chosen)

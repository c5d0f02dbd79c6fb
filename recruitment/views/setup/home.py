"""The landing page of the set-up: what to do first, then what there is."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from recruitment.queries.settings import Counts, counts
from recruitment.views.setup.base import SetupView


@dataclass(frozen=True)
class Step:
    """One step of the empty installation."""

    label: str
    text: str
    url: str
    action: str
    is_done: bool
    is_next: bool = False


@dataclass(frozen=True)
class Card:
    """A part of the set-up."""

    label: str
    text: str
    url: str
    count: int


class SetupHome(SetupView):
    """What this installation knows before a lead can arrive."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The checklist while something is missing, and the parts."""
        found = counts(at=timezone.now())
        steps = first_steps(found)
        context = {"steps": [] if all(step.is_done for step in steps) else steps}
        return render(request, "recruitment/setup/home.html", context | {"cards": cards(found)})


def first_steps(found: Counts) -> list[Step]:
    """The six steps in order; the first one not done is the next."""
    site = "site_list" if found.sites else "site_add"
    invited = found.people or found.invited
    plan = (
        ("Add a sponsor", "Who runs the studies.", "sponsor_add", "Add", found.sponsors),
        ("Add a site with its hours", "A clinic.", site, "Add", found.sites_with_hours),
        (
            "Add a study",
            "From its registry record, or by hand.",
            "study_import",
            "Import",
            found.studies,
        ),
        (
            "Bring the study to the site",
            "Leads belong to a study at a site.",
            "study_site_add",
            "Add",
            found.study_sites,
        ),
        ("Add a source", "Where inquiries come from.", "source_add", "Add", found.sources),
        ("Invite people", "By email, each with a role.", "invitation_add", "Invite", invited),
    )
    done = [bool(row[-1]) for row in plan]
    first = done.index(False) if False in done else -1
    return [
        Step(label, text, reverse(name), action, done[number], number == first)
        for number, (label, text, name, action, _) in enumerate(plan)
    ]


def cards(found: Counts) -> list[Card]:
    """The parts of the set-up with how many of each there are."""
    parts = (
        ("Sponsors", "Who runs the studies", "sponsor_list", found.sponsors),
        ("Sites", "Clinics, with hours and closed days", "site_list", found.sites),
        ("Studies", "From the registry, or by hand", "study_list", found.studies),
        (
            "Studies at sites",
            "Who takes part, and who decides",
            "study_site_list",
            found.study_sites,
        ),
        ("Sources", "Where inquiries come from", "source_list", found.sources),
        ("People", "Who signs in, and what they may do", "people", found.accounts),
    )
    return [Card(label, text, reverse(name), count) for label, text, name, count in parts]

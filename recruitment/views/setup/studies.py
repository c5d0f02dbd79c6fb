"""Studies, studies at sites, who decides there, and sources."""

from typing import cast

from django.db import models
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from recruitment import access
from recruitment.forms.setup.studies import SourceForm, StudyForm, StudySiteForm, StudyStaffForm
from recruitment.models import Source, Study, StudySite, StudyStaff
from recruitment.services.study_sites import add_study_site
from recruitment.views.setup.base import Cell, Crumbs, EditPage, ListPage, Row, SetupView, Tab, me
from recruitment.views.setup.study_tabs import study_tabs
from trialsnest.lib.words import counted


class StudyList(ListPage):
    """Trials."""

    title = "Studies"
    lede = "Imported from the registry, or written by hand."
    columns = ("Study", "Title", "Sponsor", "Registry", "Sites")
    add_name, add_label = "study_import", "Import studies"
    second_name, second_label = "study_add", "Write a study by hand"
    empty = "No studies yet"

    def rows(self) -> list[Row]:
        """Every study by code."""
        studies = Study.objects.select_related("sponsor").annotate(n=Count("study_sites"))
        return [
            Row(
                [
                    Cell(study.code, reverse("study_edit", args=[study.pk]), study.nct_id or ""),
                    Cell(study.title),
                    Cell(study.sponsor.name),
                    Cell(study.get_registry_status_display()),
                    Cell(counted(study.n, "site")),
                ]
            )
            for study in studies
        ]


class StudyEdit(EditPage):
    """One study. What its registry record says is shown, not edited."""

    model, form_class = Study, StudyForm
    noun, list_name, list_label = "study", "study_list", "Studies"

    def named(self, row: models.Model) -> str:
        """The code staff use."""
        return f"Study {row}"

    def tabs(self, row: models.Model) -> list[Tab]:
        """The settings pages of the study."""
        return study_tabs(row.pk, "study_edit")

    def facts(self, row: models.Model) -> list[tuple[str, object, str]]:
        """The registry's words about an imported study."""
        study = cast(Study, row)
        if not study.registry_record_sha256:
            return []
        return [
            ("Title", study.title, ""),
            ("NCT number", study.nct_id or "", ""),
            ("Sponsor", study.sponsor.name, ""),
            ("Conditions", ", ".join(study.conditions), ""),
            ("Recruitment", study.get_registry_status_display(), ""),
            ("Enrollment target", study.enrollment_target or "", ""),
            ("Places listed", counted(study.locations.count(), "place"), ""),
        ]


class StudySiteList(ListPage):
    """Studies at sites."""

    title = "Studies at sites"
    lede = "Which clinic takes part in which study. Roles and leads belong to one of these."
    columns = ("Study", "Site", "Owner", "Visits a week", "State")
    add_name, add_label = "study_site_add", "Bring a study to a site"
    empty = "No study is at a site yet"

    def rows(self) -> list[Row]:
        """Every study at every site."""
        return [
            Row(
                [
                    Cell(place.study.code, reverse("study_site_edit", args=[place.pk])),
                    Cell(place.site.name),
                    Cell(place.owner.name) if place.owner else Cell("Nobody", tone="warn"),
                    Cell(place.capacity_per_week),
                    Cell("Open") if place.is_open else Cell("Not open", tone="warn"),
                ]
            )
            for place in StudySite.objects.select_related("study", "site", "owner")
        ]


def study_site_tabs(pk: int, current: str) -> list[Tab]:
    """The pages about one study at a site."""
    pages = (
        ("study_site_edit", "Details"),
        ("study_staff_list", "Who decides"),
        ("capacity_edit", "Visit slots"),
        ("study_site_targets", "Targets"),
        ("study_site_reports", "Sponsor reports"),
        ("study_halt", "Halt"),
    )
    return [Tab(label, reverse(name, args=[pk]), name == current) for name, label in pages]


class StudySiteEdit(EditPage):
    """One study at a site. A new one gives the site's leads their rights over it."""

    model, form_class = StudySite, StudySiteForm
    noun, list_name, list_label = "study at the site", "study_site_list", "Studies at sites"
    add_title = "Bring a study to a site"

    def add(self, row: models.Model) -> models.Model:
        """Through the service that also grants."""
        return add_study_site(cast(StudySite, row), by=me(self.request), at=timezone.now())

    def tabs(self, row: models.Model) -> list[Tab]:
        """Details, and who decides."""
        return study_site_tabs(row.pk, "study_site_edit")


class StudyStaffList(SetupView):
    """Who may decide outcomes for a study at a site."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Everybody named, with a way to add."""
        place = access.get_setting(me(request), StudySite, pk)
        rows = [
            Row(
                [
                    Cell(person.name, reverse("study_staff_edit", args=[person.pk])),
                    Cell(person.role),
                    Cell(person.user.name if person.user else "Does not sign in"),
                    Cell(person.get_decides_display()),
                    Cell("May decide") if person.is_active else Cell("No more", tone="warn"),
                ]
            )
            for person in place.staff.select_related("user")
        ]
        context = {
            "title": str(place),
            "crumbs": [
                ("Set-up", reverse("setup")),
                ("Studies at sites", reverse("study_site_list")),
            ],
            "tabs": study_site_tabs(place.pk, "study_staff_list"),
            "columns": [Cell(name) for name in ("Name", "Role", "Signs in as", "Decides", "State")],
            "rows": rows,
            "action_url": reverse("study_staff_add", args=[place.pk]),
            "action_label": "Name somebody",
            "empty": "Nobody is named yet",
        }
        return render(request, "recruitment/setup/list.html", context)


class StudyStaffEdit(EditPage):
    """Somebody who may decide. `study_site` is the address of a new one."""

    model, form_class = StudyStaff, StudyStaffForm
    noun, list_label = "person", "Who decides"
    add_title = "Name somebody who decides"

    def row(self, pk: int | None) -> models.Model:
        """The person, or a new one of the study at the site."""
        if pk:
            return access.get_setting(me(self.request), StudyStaff, pk)
        place = access.get_setting(me(self.request), StudySite, self.kwargs["study_site"])
        return StudyStaff(study_site=place)

    def get(
        self, request: HttpRequest, pk: int | None = None, study_site: int | None = None
    ) -> HttpResponse:
        """The form."""
        return super().get(request, pk)

    def post(
        self, request: HttpRequest, pk: int | None = None, study_site: int | None = None
    ) -> HttpResponse:
        """Save."""
        return super().post(request, pk)

    def crumbs(self, row: models.Model) -> Crumbs:
        """Back to the study at the site."""
        place = cast(StudyStaff, row).study_site
        return [
            ("Studies at sites", reverse("study_site_list")),
            (str(place), reverse("study_staff_list", args=[place.pk])),
        ]

    def next_url(self, saved: models.Model, *, is_new: bool) -> str:
        """Back to everybody who decides there."""
        return reverse("study_staff_list", args=[cast(StudyStaff, saved).study_site_id])

    def named(self, row: models.Model) -> str:
        """No name in a title."""
        return "Who decides"


class SourceList(ListPage):
    """Where inquiries come from."""

    title = "Sources"
    lede = "Where inquiries come from. Sponsors see the label, never the name."
    columns = ("Source", "Study", "Label for sponsors", "Kind", "State")
    add_name, add_label = "source_add", "Add a source"
    empty = "No sources yet"

    def rows(self) -> list[Row]:
        """Every source by study and code."""
        tones = {"draft": "warn", "paused": "warn", "ended": ""}
        return [
            Row(
                [
                    Cell(source.name, reverse("source_edit", args=[source.pk]), source.code),
                    Cell(source.study.code),
                    Cell(source.sponsor_label),
                    Cell(source.get_kind_display()),
                    Cell(source.get_state_display(), tone=tones.get(source.state, "")),
                ]
            )
            for source in Source.objects.select_related("study")
        ]


class SourceEdit(EditPage):
    """One source of a study."""

    model, form_class = Source, SourceForm
    noun, list_name, list_label = "source", "source_list", "Sources"

    def named(self, row: models.Model) -> str:
        """The code: a name may be a person's and does not stand in a title."""
        source = cast(Source, row)
        return f"Source {source.code} of {source.study.code}"

"""Django admin's list of the same leads, as it is clicked together and tuned, and a bare page."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path

from benchmarks.constant import constant
from recruitment.models import Lead


class Site(admin.AdminSite):
    """For the superuser of the benchmark; the product's users know no staff."""

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether it is she."""
        return bool(request.user.is_active and request.user.is_superuser)


class PlainAdmin(admin.ModelAdmin):
    """What a team would click together, from documented options alone.

    In the order of its key, which has an index: kinder to it than the order of a queue.
    """

    list_display = (
        *("number", "name", "study", "site", "owner", "stage", "next_type"),
        *("due_at", "last_action_at", "stale_at"),
    )
    list_select_related = ("person", "study_site__study", "study_site__site", "owner")
    list_filter: Any = ("study_site__study", "owner", "stage", "is_held")
    search_fields = ("number", "person__first_name", "person__last_name")
    list_per_page = 50
    ordering = ("-id",)

    def name(self, lead: Lead) -> str:
        """Who it is."""
        return f"{lead.person.first_name} {lead.person.last_name}"

    def study(self, lead: Lead) -> str:
        """Her study."""
        return lead.study_site.study.code

    def site(self, lead: Lead) -> str:
        """Where it runs."""
        return lead.study_site.site.name


class TunedAdmin(PlainAdmin):
    """An expert's: no filter that lists all studies and users, no second count."""

    list_filter = ("stage", "is_held")
    show_full_result_count = False


def ready(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ready")


plain, tuned = Site("admin"), Site("tuned")
plain.register(Lead, PlainAdmin)
tuned.register(Lead, TunedAdmin)
urlpatterns = [
    path("readyz", ready),
    path("constant/", constant),
    path("admin/", plain.urls),
    path("tuned/", tuned.urls),
]

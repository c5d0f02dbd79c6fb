"""Blockers across leads, and those of a study at a site."""

from django.urls import URLPattern, path

from recruitment.views import blockers, halts

urlpatterns: list[URLPattern] = [
    path("blockers/", blockers.blockers, name="blockers"),
    path("blockers/at/<int:pk>/", blockers.study_site_blockers, name="study_site_blockers"),
    path("blockers/at/<int:pk>/open/", blockers.study_blocker_open, name="study_blocker_open"),
    path("blockers/at/<int:pk>/halt/", halts.study_halt, name="study_halt"),
    path("blockers/at/<int:pk>/halt/end/", halts.study_halt_end, name="study_halt_end"),
    path("blockers/<int:pk>/", blockers.study_blocker, name="study_blocker"),
    path(
        "blockers/<int:pk>/resolve/", blockers.study_blocker_resolve, name="study_blocker_resolve"
    ),
    path("blockers/<int:pk>/again/", blockers.study_blocker_redate, name="study_blocker_redate"),
    path("blockers/<int:pk>/link/", blockers.study_blocker_link, name="study_blocker_link"),
]

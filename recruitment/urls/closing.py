"""Ending the work on leads, and taking it up again."""

from django.urls import URLPattern, path

from recruitment.urls import converters  # noqa: F401  (registers lead_number)
from recruitment.views import lead_closing
from recruitment.views.setup import sub_reasons

urlpatterns: list[URLPattern] = [
    path("leads/close/", lead_closing.leads_close, name="leads_close"),
    path("leads/not-now/", lead_closing.leads_not_now, name="leads_not_now"),
    path("leads/<lead_number:number>/close/", lead_closing.lead_close, name="lead_close"),
    path(
        "leads/<lead_number:number>/knock-out/", lead_closing.lead_knock_out, name="lead_knock_out"
    ),
    path("leads/<lead_number:number>/enroll/", lead_closing.lead_enroll, name="lead_enroll"),
    path("leads/<lead_number:number>/reopen/", lead_closing.lead_reopen, name="lead_reopen"),
    path(
        "setup/studies/<int:pk>/reasons/",
        sub_reasons.SubReasonList.as_view(),
        name="sub_reason_list",
    ),
    path(
        "setup/studies/<int:study>/reasons/add/",
        sub_reasons.SubReasonEdit.as_view(),
        name="sub_reason_add",
    ),
    path("setup/reasons/<int:pk>/", sub_reasons.SubReasonEdit.as_view(), name="sub_reason_edit"),
    path(
        "setup/reasons/<int:pk>/retire/",
        sub_reasons.SubReasonRetire.as_view(),
        name="sub_reason_retire",
    ),
]

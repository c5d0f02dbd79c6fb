"""What is due soon, overdue and escalated; the week's misses; the e-mail about one's work."""

from django.urls import URLPattern, path

from recruitment.urls import converters  # noqa: F401  (registers lead_number)
from recruitment.views import digests, escalations, lead_escalations

LEAD = "leads/<lead_number:number>"
urlpatterns: list[URLPattern] = [
    path(f"{LEAD}/escalate/", lead_escalations.lead_escalate, name="lead_escalate"),
    path(f"{LEAD}/escalate/end/", lead_escalations.lead_escalation_end, name="lead_escalation_end"),
    path("escalations/", escalations.escalations, name="escalations"),
    path("escalations/misses/", escalations.misses, name="misses"),
    path("profile/mail/", digests.work_mail, name="work_mail"),
]

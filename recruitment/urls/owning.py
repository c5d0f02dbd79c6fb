"""Who owns what: changing owners, hand-offs, the team, leave."""

from django.urls import URLPattern, path

from recruitment.urls import converters  # noqa: F401  (registers lead_number)
from recruitment.views import handoffs, lead_owning, leave, out_today, team

LEAD = "leads/<lead_number:number>"
urlpatterns: list[URLPattern] = [
    path(f"{LEAD}/owner/", lead_owning.lead_assign, name="lead_assign"),
    path(f"{LEAD}/release/", lead_owning.lead_release, name="lead_release"),
    path(f"{LEAD}/hand-over/", lead_owning.lead_handoff, name="lead_handoff"),
    path(f"{LEAD}/hand-over/accept/", lead_owning.lead_handoff_accept, name="lead_handoff_accept"),
    path(
        f"{LEAD}/hand-over/decline/", lead_owning.lead_handoff_decline, name="lead_handoff_decline"
    ),
    path(
        f"{LEAD}/hand-over/withdraw/",
        lead_owning.lead_handoff_withdraw,
        name="lead_handoff_withdraw",
    ),
    path(f"{LEAD}/hand-over/return/", lead_owning.lead_handoff_return, name="lead_handoff_return"),
    path("handoffs/", handoffs.handoffs, name="handoffs"),
    path("handoffs/accept/", handoffs.handoffs_accept, name="handoffs_accept"),
    path("team/", team.team, name="team"),
    path("team/<int:pk>/out-today/", out_today.team_out_today, name="team_out_today"),
    path("team/<int:pk>/", team.team_person, name="team_person"),
    path("alerts/<int:pk>/seen/", team.alert_seen, name="alert_seen"),
    path("leave/<int:pk>/add/", leave.leave_add, name="leave_add"),
    path("leave/<int:pk>/", leave.leave_change, name="leave_change"),
    path("leave/<int:pk>/cancel/", leave.leave_cancel, name="leave_cancel"),
]

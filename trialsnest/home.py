"""Where somebody lands: the page her role works from."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.models import User
from recruitment.queries.roles import roles_of

LANDING = (
    ({"coordinator", "site_lead", "reviewer"}, "queue"),
    ({"administrator"}, "setup"),
    ({"sponsor_viewer"}, "reports"),
)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Send everybody to her own page; somebody without a role is told whom to ask."""
    assert isinstance(request.user, User)  # noqa: S101  (the login middleware saw to it)
    roles = roles_of(request.user)
    for wanted, name in LANDING:
        if wanted & roles:
            return redirect(name)
    return render(request, "accounts/no_role.html")

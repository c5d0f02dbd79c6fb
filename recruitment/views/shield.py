"""The screen-share shield of a session: up by one key, down by the menu alone (D34)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from recruitment import access
from recruitment.views.lead_answers import me
from trialsnest.lib.shield import SESSION_KEY


@require_POST
def shield(request: HttpRequest) -> HttpResponse:
    """Put the shield up or, with `names` = `show`, down; the page asked from is shown anew."""
    access.require_staff(me(request))
    if request.POST.get("names") == "show":
        request.session.pop(SESSION_KEY, None)
    else:
        request.session[SESSION_KEY] = True
    return redirect(_page(request))


def _page(request: HttpRequest) -> str:
    """Where it was asked from, if that is a page of ours; else the first page."""
    page = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(page, allowed_hosts=None)
    return page if is_ours and page.startswith("/") else "/"

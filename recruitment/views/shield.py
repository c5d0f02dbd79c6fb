"""The screen-share shield of a session: up by one key, down by the menu alone (D34)."""

import functools
from collections.abc import Callable
from typing import ParamSpec, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from recruitment import access
from recruitment.views.lead_answers import me
from trialsnest.lib.shield import SESSION_KEY, is_up

P = ParamSpec("P")


@require_POST
def shield(request: HttpRequest) -> HttpResponse:
    """Put the shield up or, with `names` = `show`, down; the page asked from is shown anew."""
    access.require_staff(me(request))
    if request.POST.get("names") == "show":
        request.session.pop(SESSION_KEY, None)
    else:
        request.session[SESSION_KEY] = True
    return redirect(_page(request))


def names_shown(view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """A page made of a file of people: while the shield is up it only says how to go on."""

    @functools.wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not is_up():
            return view(*args, **kwargs)
        request = cast(HttpRequest, args[0])
        return render(request, "recruitment/behind_shield.html", {"title": "Import leads"})

    return guarded


def _page(request: HttpRequest) -> str:
    """Where it was asked from, if that is a page of ours; else the first page."""
    page = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(page, allowed_hosts=None)
    return page if is_ours and page.startswith("/") else "/"

"""Drafts of forms without a lead: kept while they are typed, put back, gone once they are sent."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from recruitment import access
from recruitment.forms.drafts import OWN_FORMS, Keeps, OwnForm, put_back_own
from recruitment.services.drafts import draft_of, throw_draft
from recruitment.views.drafts import keep
from recruitment.views.lead_answers import me

OK = 200
FREE = "pass-on"  # whoever works at a site takes a call; the others need a place to work at


def _door(request: HttpRequest, key: str) -> OwnForm:
    """The form, for somebody who may send it; 404 for one there is not."""
    form = OWN_FORMS.get(key)
    if form is None:
        raise Http404
    access.require_staff(me(request))
    if key != FREE and not access.study_sites(me(request), "work_leads").exists():
        raise PermissionDenied
    return form


@require_POST
def own_draft(request: HttpRequest, key: str) -> HttpResponse:
    """Keep the form as it stands now; answers with the time in words, for the line below it."""
    _door(request, key)
    return keep(request, None, key, seen=0)


@require_http_methods(["GET", "HEAD", "POST"])
def own_draft_throw(request: HttpRequest, key: str) -> HttpResponse:
    """Throw a draft away, after a question; then the form stands there empty."""
    form = _door(request, key)
    page = reverse(form.url_name)
    if request.method != "POST":
        context = {"title": form.title, "action": request.path, "page_url": page}
        return render(request, "recruitment/own_draft_throw.html", context)
    throw_draft(lead=None, form=key, by=me(request))
    return redirect(page)


def begin_with_draft(request: HttpRequest, form: Keeps, key: str) -> None:
    """Put what its reader typed and did not send into a form that was not sent. One statement."""
    if form.is_bound:
        return
    draft = draft_of(lead=None, form=key, by=me(request))
    if draft is not None:
        put_back_own(form, draft, reader=me(request), at=timezone.now())


def keep_as_sent(request: HttpRequest, key: str) -> bool:
    """Keep a form that was sent to be looked at first; whether that could be done.

    As `keep`: a draft that the shield keeps away from the form is left alone.
    """
    return keep(request, None, key, seen=0).status_code == OK


def sent(request: HttpRequest, key: str) -> None:
    """The form did what it is for: its draft goes, unless the shield kept it away from the form."""
    if "draft" in request.POST:
        throw_draft(lead=None, form=key, by=me(request))

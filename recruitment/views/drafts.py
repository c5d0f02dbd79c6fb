"""Keeping what is typed into a form until it is sent, and throwing it away."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from recruitment import access
from recruitment.forms.drafts import form_kinds
from recruitment.forms.lead_form import LeadForm
from recruitment.models import Lead
from recruitment.rules.refusals import InvalidInput
from recruitment.services.drafts import draft_of, keep_draft, throw_draft
from recruitment.views.lead_answers import back, lead_answer, me, wants
from trialsnest.lib import shield
from trialsnest.lib.words import clock, local

MOST_SEEN = 2**31 - 1
BEHIND_SHIELD = "An earlier draft of this form is hidden and would be lost; show names again first."


def _door(request: HttpRequest, number: str, key: str) -> Lead:
    """The lead, for somebody who may send this form about it; 404 for a form there is not."""
    kind: type[LeadForm] | None = form_kinds().get(key)
    if kind is None:
        raise Http404
    return access.get_lead_for(me(request), number, kind.perms)


@require_POST
def lead_draft(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """Keep the form as it stands now; answers with the time in words, for the line below it.

    A draft whose words the shield keeps away from the form is not written over.
    """
    lead = _door(request, number, key)
    seen = request.POST.get("seen", "")
    if not seen.isdecimal() or int(seen) > MOST_SEEN:
        return JsonResponse({"said": "The page is incomplete; load it again."}, status=422)
    return keep(request, lead, key, seen=int(seen))


def keep(request: HttpRequest, lead: Lead | None, key: str, *, seen: int) -> HttpResponse:
    """Keep one form; the door stands before it."""
    user, at = me(request), timezone.now()
    behind = shield.is_up() and "draft" not in request.POST
    if behind and draft_of(lead=lead, form=key, by=user):
        return JsonResponse({"said": BEHIND_SHIELD}, status=422)
    typed = {name: request.POST.getlist(name) for name in request.POST}
    try:
        draft = keep_draft(lead=lead, form=key, words=typed, seen=seen, by=user, at=at)
    except InvalidInput as refusal:
        return JsonResponse({"said": str(refusal)}, status=422)
    when = clock(local(at, user.time_zone))
    return JsonResponse({"said": f"Draft kept {when}" if draft else "", "is_kept": bool(draft)})


@require_http_methods(["GET", "HEAD", "POST"])
def lead_draft_throw(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """Throw a draft away: at once from the lead's form, with a question without scripts."""
    lead = _door(request, number, key)
    if request.method != "POST":
        return render(request, "recruitment/draft_throw.html", {"lead": lead, "key": key})
    throw_draft(lead=lead, form=key, by=me(request))
    if wants(request, "panel"):
        return lead_answer(request, lead)
    return back(request, lead)

"""Add a lead by hand; who may be the same person is shown before anything is saved (DU2)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from recruitment import access
from recruitment.forms.add_lead import AddLeadForm
from recruitment.queries.likeness import Likeness
from recruitment.rules.refusals import Refusal
from recruitment.views.lead_answers import me
from recruitment.views.own_drafts import begin_with_draft, sent

DRAFT = "add-lead"


@require_http_methods(["GET", "HEAD", "POST"])
def lead_add(request: HttpRequest) -> HttpResponse:
    """The form; a second sending confirms that the suspected duplicates are somebody else."""
    access.require_staff(me(request))
    study_sites = list(access.study_sites(me(request), "work_leads").filter(is_open=True))
    if not study_sites:
        raise PermissionDenied
    form = AddLeadForm(request.POST if request.method == "POST" else None, study_sites=study_sites)
    if not form.is_bound:
        begin_with_draft(request, form, DRAFT)
        return _answer(request, form)
    if not form.is_valid():
        return _answer(request, form, status=422)
    alike = [] if form.cleaned_data["confirmed"] else form.alike(me(request), at=timezone.now())
    if alike:
        form.ask_again()
        return _answer(request, form, alike=alike)
    try:
        lead = form.save(by=me(request), at=timezone.now())
    except Refusal as refusal:
        form.refuse(refusal)
        return _answer(request, form, status=422)
    sent(request, DRAFT)
    messages.success(request, "Lead added.")
    return redirect("lead", number=lead.number)


def _answer(
    request: HttpRequest,
    form: AddLeadForm,
    *,
    alike: list[Likeness] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "alike": alike or [], "title": "Add a lead", "draft_key": DRAFT}
    return render(request, "recruitment/lead_add.html", context, status=status)

"""Work on several leads at once: choose, look what would become of each, do it (bulk, S1)."""

import re
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.models import User
from recruitment import access
from recruitment.forms.several import FORMS, SEVERAL, Rights, SeveralForm
from recruitment.models import Draft, Lead
from recruitment.queries.team import colleagues
from recruitment.services.one_by_one import MOST_LEADS, Seen
from recruitment.views.lead_answers import me
from recruitment.views.own_drafts import begin_with_draft, keep_as_sent, sent
from trialsnest.lib import shield

LOOK, SAVE = "look", "save"
VERSION = r"[0-9]{1,9}"
KINDS = [(form.do, form.title) for form in FORMS]
BY_NAME = {form.do: form for form in FORMS}


@require_http_methods(["GET", "HEAD", "POST"])
def leads_bulk(request: HttpRequest) -> HttpResponse:
    """The chosen leads with a form, then a look at each, then what became of each.

    `lead` repeats numbers, alone or with the version that the page showed (NUMBER:VERSION). A lead
    that the user may not see is left out as one that is not there. Asked for by its address alone
    it goes on with the form that was typed last and not sent.
    """
    rights, left = _rights(me(request)), _left_lying(request)
    boxes = left.words.get("lead", []) if left else request.POST.getlist("lead")
    chosen, problem = _chosen(request, boxes)
    context: dict[str, Any] = {"title": "Several leads", "chosen": chosen, "problem": problem}
    if problem:
        context["is_hidden"] = left is not None and shield.is_up()
        status = 422 if request.method == "POST" else 200
        return render(request, "recruitment/several/page.html", context, status=status)
    form = _form(request, left.form if left else "", chosen, rights)
    begin_with_draft(request, form, form.draft_key)
    context |= {"form": form, "draft_key": form.draft_key, "kinds": KINDS}
    if form.is_valid():
        return _result(request, form, context, is_done=request.POST["step"] == SAVE)
    status = 422 if form.is_bound else 200
    return render(request, "recruitment/several/page.html", context, status=status)


def _rights(user: User) -> Rights:
    """Where the user works and leads; PermissionDenied for whoever works nowhere."""
    access.require_staff(user)
    rights = Rights(works=_places(user, "work_leads"), leads=_places(user, "lead_site"))
    if not rights.works:
        raise PermissionDenied
    return rights


def _places(user: User, perm: str) -> set[int]:
    return set(access.study_sites(user, perm).values_list("pk", flat=True))


def _left_lying(request: HttpRequest) -> Draft | None:
    """The form that was typed last and not sent, where no leads were sent with the address."""
    if request.method == "POST":
        return None
    drafts = Draft.objects.filter(user=me(request), lead=None, form__startswith=SEVERAL)
    return drafts.order_by("-saved_at", "-pk").first()


def _form(request: HttpRequest, draft: str, chosen: list[Seen], rights: Rights) -> SeveralForm:
    """What is to be done to them, as it was sent, else blank."""
    do = request.POST.get("do", draft.removeprefix(SEVERAL))
    return BY_NAME.get(do, FORMS[0])(
        request.POST if request.POST.get("step") in {LOOK, SAVE} else None,
        chosen=chosen,
        people=colleagues([row.lead.study_site for row in chosen]),
        rights=rights,
        user=me(request),
        at=timezone.now(),
    )


def _chosen(request: HttpRequest, ticked: list[str]) -> tuple[list[Seen], str]:
    """The leads that were ticked, each once, and what is wrong with the choice."""
    sent = (box.partition(":") for box in ticked)
    boxes = {number: seen for number, _, seen in sent if number.isalnum()}
    if len(boxes) > MOST_LEADS:
        return [], f"At most {MOST_LEADS} leads at a time; {len(boxes)} were chosen."
    found = Lead.objects.visible_to(me(request)).filter(number__in=boxes)
    related = ("person", "owner", "study_site__study", "study_site__site", "source")
    leads = {lead.number: lead for lead in found.select_related(*related)}
    chosen = [
        Seen(leads[number], int(seen) if re.fullmatch(VERSION, seen) else leads[number].version)
        for number, seen in boxes.items()
        if number in leads
    ]
    return chosen, "" if chosen else "Choose at least one lead."


def _result(
    request: HttpRequest, form: SeveralForm, context: dict[str, Any], *, is_done: bool
) -> HttpResponse:
    """What would become of each lead, or what became of it; undo is offered row by row."""
    results = form.run(only_look=not is_done)
    key = form.draft_key
    if is_done:
        sent(request, key)
    seen = {row.lead.pk: row.seen for row in form.chosen}
    before = [(row, seen[row.lead.pk], form.words_for(row.lead)) for row in results if not row.why]
    context |= {
        "is_done": is_done,
        "is_kept": not is_done and keep_as_sent(request, key),
        "done": before,
        "left": [row for row in results if row.why],
        "undo_key": form.action_id if is_done else None,
    }
    return render(request, "recruitment/several/result.html", context)

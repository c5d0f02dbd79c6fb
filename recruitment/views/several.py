"""Work on several leads at once: choose, look what would become of each, do it (bulk, S1)."""

import re
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.models import User
from recruitment import access
from recruitment.forms.several import FORMS, Rights, SeveralForm
from recruitment.models import Lead
from recruitment.queries.team import colleagues
from recruitment.services.one_by_one import MOST_LEADS, Seen
from recruitment.views.lead_answers import me

LOOK, SAVE = "look", "save"
VERSION = r"[0-9]{1,9}"
BY_NAME = {form.do: form for form in FORMS}


@require_POST
def leads_bulk(request: HttpRequest) -> HttpResponse:
    """The chosen leads with a form, then a look at each, then what became of each.

    `lead` repeats numbers, alone or with the version that the page showed (NUMBER:VERSION). A lead
    that the user may not see is left out as one that is not there.
    """
    user = me(request)
    access.require_staff(user)
    rights = Rights(works=_places(user, "work_leads"), leads=_places(user, "lead_site"))
    if not rights.works:
        raise PermissionDenied
    chosen, problem = _chosen(request)
    context: dict[str, Any] = {"title": "Several leads", "chosen": chosen, "problem": problem}
    if problem:
        return render(request, "recruitment/several/page.html", context, status=422)
    step = request.POST.get("step", "")
    form = BY_NAME.get(request.POST.get("do", ""), FORMS[0])(
        request.POST if step in {LOOK, SAVE} else None,
        chosen=chosen,
        people=colleagues([row.lead.study_site for row in chosen]),
        rights=rights,
        user=user,
        at=timezone.now(),
    )
    context |= {"form": form, "kinds": [(form.do, form.title) for form in FORMS]}
    if form.is_valid():
        return _result(request, form, context, is_done=step == SAVE)
    status = 422 if form.is_bound else 200
    return render(request, "recruitment/several/page.html", context, status=status)


def _places(user: User, perm: str) -> set[int]:
    return set(access.study_sites(user, perm).values_list("pk", flat=True))


def _chosen(request: HttpRequest) -> tuple[list[Seen], str]:
    """The leads that were ticked, each once, and what is wrong with the choice."""
    sent = (box.partition(":") for box in request.POST.getlist("lead"))
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
    seen = {row.lead.pk: row.seen for row in form.chosen}
    before = [(row, seen[row.lead.pk], form.words_for(row.lead)) for row in results if not row.why]
    context |= {
        "is_done": is_done,
        "done": before,
        "left": [row for row in results if row.why],
        "undo_key": form.action_id if is_done else None,
    }
    return render(request, "recruitment/several/result.html", context)

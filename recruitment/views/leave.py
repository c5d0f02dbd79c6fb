"""Leave: recorded by oneself, a site lead or an administrator; shortened or called off (O5)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from recruitment import access
from recruitment.forms.team import LeaveForm, PlainForm, ShortenForm
from recruitment.models import Leave
from recruitment.queries import team as queries
from recruitment.rules.refusals import Refusal
from recruitment.services.leave import cancel_leave
from recruitment.views.lead_answers import me
from trialsnest.lib.words import counted


def _back(request: HttpRequest, person: User) -> str:
    """Where one came from: one's profile, the set-up, or the team."""
    if person == me(request):
        return reverse("profile")
    if me(request).has_perm(access.ADMINISTER):
        return reverse("person", args=[person.pk])
    return reverse("team_person", args=[person.pk])


@require_http_methods(["GET", "HEAD", "POST"])
def leave_add(request: HttpRequest, pk: int) -> HttpResponse:
    """From when to when, and who covers each study at a site."""
    person = access.get_leave_taker(me(request), pk)
    places, elsewhere = access.leave_places(me(request), person)
    form = LeaveForm(
        request.POST or None,
        user=person,
        places=places,
        elsewhere=elsewhere,
        people=queries.colleagues_by_place(places),
        owned=queries.open_leads_by_place(person),
    )
    if form.is_valid():
        try:
            form.run(by=me(request), at=timezone.now())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "The leave is recorded.")
            return redirect(_back(request, person))
    return _page(request, person, form, "Record leave", "Record leave")


@require_http_methods(["GET", "HEAD", "POST"])
def leave_change(request: HttpRequest, pk: int) -> HttpResponse:
    """An earlier last day; or the way to end it now."""
    leave = access.get_leave(me(request), pk)
    places, _ = access.leave_places(me(request), leave.user)
    form = ShortenForm(request.POST or None, leave=leave, zone=places[0].site.time_zone)
    if form.is_valid():
        try:
            form.run(by=me(request), at=timezone.now())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "The leave is changed.")
            return redirect(_back(request, leave.user))
    return _page(request, leave.user, form, "Change leave", "Save", leave=leave)


@require_POST
def leave_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """End it now, or call it off before it begins."""
    leave = access.get_leave(me(request), pk)
    back = cancel_leave(leave=leave, by=me(request), at=timezone.now())
    told = f" {counted(back, 'lead')} came back." if back else ""
    messages.success(request, f"The leave is over.{told}")
    return redirect(_back(request, leave.user))


def _page(
    request: HttpRequest,
    person: User,
    form: PlainForm,
    title: str,
    save_label: str,
    *,
    leave: Leave | None = None,
) -> HttpResponse:
    context = {
        "title": title,
        "lede": person.name,
        "person": person,
        "form": form,
        "leave": leave,
        "save_label": save_label,
        "back_url": _back(request, person),
    }
    status = 422 if form.is_bound else 200
    return render(request, "recruitment/leave.html", context, status=status)

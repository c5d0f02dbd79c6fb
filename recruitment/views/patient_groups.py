"""What was changed after patient groups spoke, study by study; sponsors read it in a report."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recruitment import access
from recruitment.access.asks import get_patient_change
from recruitment.forms.patient_groups import PatientChangeForm
from recruitment.queries.patient_groups import changes_of
from recruitment.rules.refusals import Refusal
from recruitment.services.patient_groups import void_patient_change
from recruitment.views.setup.base import me, refuse
from trialsnest.lib.zones import local_time

TITLE = "Changes after patient input"
LEDE = (
    "What was changed because of what patient groups said. The next sponsor report prints it in a"
    " section of its own."
)


@require_safe
def patient_changes(request: HttpRequest) -> HttpResponse:
    """The changes of every study at a site one has a part in, the newest first."""
    user = me(request)
    access.require_staff(user)
    led = list(access.study_sites(user, "lead_site"))
    context = {
        "title": TITLE,
        "lede": LEDE,
        "crumbs": [("Weekly review", reverse("weekly_reviews"))],
        "rows": changes_of(access.study_sites(user)),
        "led": led,
        "led_keys": {place.pk for place in led},
    }
    return render(request, "recruitment/patient_changes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def patient_change_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Write one down for a study at a site."""
    place = access.get_study_site_for(me(request), pk, "lead_site")
    at = timezone.now()
    posted = request.POST if request.method == "POST" else None
    today = local_time(at, place.site.time_zone).date()
    form = PatientChangeForm(posted, study_site=place, initial={"on": today})
    if form.is_valid():
        try:
            form.run(by=me(request), at=at)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "The change is written down for the next report.")
            return redirect("patient_changes")
    context = {
        "title": "Write down a change",
        "lede": f"{place}. {LEDE}",
        "crumbs": [
            ("Weekly review", reverse("weekly_reviews")),
            (TITLE, reverse("patient_changes")),
        ],
        "form": form,
        "save_label": "Write it down",
        "back_url": reverse("patient_changes"),
    }
    status = 422 if posted is not None else 200
    return render(request, "layouts/form_page.html", context, status=status)


@require_POST
def patient_change_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an entry back that was wrong."""
    change = get_patient_change(me(request), pk, "lead_site")
    try:
        void_patient_change(change=change, by=me(request), at=timezone.now())
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, "The entry is taken back. It stays on record.")
    return redirect("patient_changes")

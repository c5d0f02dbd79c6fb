"""Is this PDF one of ours, and does it still hold: for readers and for who issues (LR1, PR2)."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.models import User
from reporting import access
from reporting.forms import VerifyForm
from reporting.render import HASH_LETTERS
from reporting.services.verifying import verify
from trialsnest.lib.throttle import Throttle
from trialsnest.lib.words import period

CHECKS = Throttle(20, 60)  # each lays one PDF out
TOO_MANY = "You verified very often. Wait a minute, then try again."


@require_http_methods(["GET", "HEAD", "POST"])
def verify_report(request: HttpRequest) -> HttpResponse:
    """A PDF or a hash, and what it is: the same answer for what is unknown and what is not hers."""
    user = cast(User, request.user)
    access.require_reader(user)
    is_sent = request.method == "POST"
    form = VerifyForm(request.POST, request.FILES) if is_sent else VerifyForm()
    context: dict[str, Any] = {
        "title": "Verify a report",
        "lede": "Says whether a PDF is a report as it was issued, and whether it still holds.",
        "crumbs": [("Reports", reverse("reports"))],
        "form": form,
        "save_label": "Verify",
    }
    if not is_sent or not form.is_valid():
        return render(request, "reporting/verify.html", context, status=422 if is_sent else 200)
    if not CHECKS.allows(user.pk):
        form.add_error(None, TOO_MANY)
        return render(request, "reporting/verify.html", context, status=429)
    found = verify(access.reports_to_verify(user), form.digest)
    context |= {"is_checked": True, "found": found, "digest": form.digest}
    if found:
        report = found.report
        said = period(report.period_start, report.cut_off, report.study.report_zone)
        context |= {"period": said, "hash": report.snapshot_sha256[:HASH_LETTERS]}
        context["may_open"] = access.reports(user).filter(pk=report.pk).exists()
    return render(request, "reporting/verify.html", context)

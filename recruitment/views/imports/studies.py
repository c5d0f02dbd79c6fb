"""Importing study records of the registry, by an administrator: choose, look, import."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from recruitment import access
from recruitment.forms.imports import StudyFileForm
from recruitment.models import ImportUpload
from recruitment.services.import_uploads import keep_upload
from recruitment.services.study_uploads import import_studies_of, studies_of
from recruitment.views.lead_answers import me

CRUMBS = [("Set-up", "setup"), ("Studies", "study_list")]
page = require_http_methods(["GET", "HEAD", "POST"])


def _crumbs() -> list[tuple[str, str]]:
    return [(label, reverse(name)) for label, name in CRUMBS]


@page
def study_import(request: HttpRequest) -> HttpResponse:
    """Choose a file of the registry."""
    access.require_administrator(me(request))
    is_post = request.method == "POST"
    form = StudyFileForm(request.POST, request.FILES) if is_post else StudyFileForm()
    if is_post and form.is_valid():
        upload = keep_upload(
            owner=me(request),
            study_site=None,
            source=None,
            file_name=form.cleaned_data["file"].name,
            content=form.content,
            kind=ImportUpload.STUDY_FILE,
            at=timezone.now(),
        )
        return redirect("study_import_check", key=upload.key)
    values = {
        "title": "Import studies",
        "lede": "From ClinicalTrials.gov. Nothing is saved before you have seen what is in it.",
        "form": form,
        "save_label": "Look at it",
        "crumbs": _crumbs(),
        "back_url": reverse("study_list"),
    }
    status = 422 if is_post else 200
    return render(request, "recruitment/imports/study.html", values, status=status)


@page
def study_import_check(request: HttpRequest, key: UUID) -> HttpResponse:
    """See what the file would do to which study; with the button, do it, and see what was done."""
    access.require_administrator(me(request))
    upload = access.get_upload(me(request), key, at=timezone.now())
    is_done = upload.imported_at is not None
    if request.method == "POST" and not is_done:
        import_studies_of(upload, by=me(request), at=timezone.now())
        return redirect("study_import_check", key=key)
    values = {
        "title": "Studies imported" if is_done else "Import studies",
        "crumbs": _crumbs(),
        "upload": upload,
        "is_done": is_done,
        **studies_of(upload),
    }
    return render(request, "recruitment/imports/study_check.html", values)

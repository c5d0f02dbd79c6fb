"""Importing a lead file: choose, match, check, import. Nothing is saved before the last step."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from recruitment import access
from recruitment.forms.imports import LeadFileForm, MatchForm, RowsForm
from recruitment.models import ImportUpload
from recruitment.rules.lead_files import LeadFile, UnreadableFile, preview
from recruitment.rules.refusals import Refusal
from recruitment.services.import_uploads import (
    import_upload,
    keep_upload,
    left_out_csv,
    match_columns,
    plan_upload,
    read_as,
    read_upload,
)
from recruitment.services.lead_import import ImportPlan
from recruitment.views.imports import pages
from recruitment.views.lead_answers import me
from recruitment.views.shield import names_shown

page = require_http_methods(["GET", "HEAD", "POST"])


@page
def lead_import(request: HttpRequest) -> HttpResponse:
    """Choose where the leads belong, and the file."""
    study_sites = access.study_sites(me(request), "work_leads")
    if not study_sites.exists():
        raise Http404
    is_post = request.method == "POST"
    data = (request.POST, request.FILES) if is_post else (None, None)
    form = LeadFileForm(*data, study_sites=study_sites)
    if form.is_valid():
        upload = keep_upload(
            owner=me(request),
            study_site=form.cleaned_data["study_site"],
            source=form.cleaned_data["source"],
            file_name=form.cleaned_data["file"].name,
            content=form.content,
            kind=form.kind,
            at=timezone.now(),
        )
        return redirect("lead_import_match", key=upload.key)
    values = {"title": "Import leads", "form": form, "steps": pages.STEPS}
    return render(
        request, "recruitment/imports/choose.html", values, status=422 if is_post else 200
    )


@page
@names_shown
def lead_import_match(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say what each column goes into, and what only a person can say about the file."""
    upload = access.get_upload(me(request), key, at=timezone.now())
    if upload.imported_at is not None:
        return redirect("lead_import_result", key=key)
    form = _match_form(request, upload)
    if request.method != "POST":
        return _match_page(request, upload, form)
    if form.is_valid():
        if form.is_read_anew:
            return _read_anew(request, upload, form)
        upload.encoding = form.cleaned_data.get("encoding", "")
        read_as(upload, kind=upload.kind, encoding=upload.encoding)
        match_columns(upload, mapping=form.mapping, date_order=form.cleaned_data["date_order"])
        try:
            read_upload(upload, at=timezone.now())
        except UnreadableFile as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("lead_import_check", key=key)
    return _match_page(request, upload, form, status=422)


def _match_form(request: HttpRequest, upload: ImportUpload) -> MatchForm:
    seen = preview(bytes(upload.content), kind=upload.kind, encoding=upload.encoding or None)
    mapping = upload.mapping or pages.suggested(seen)
    initial: dict[str, Any] = {
        f"column_{place}": mapping.get(column, "") for place, column in enumerate(seen.columns)
    }
    initial |= {"kind": seen.kind, "encoding": upload.encoding, "date_order": upload.date_order}
    data = request.POST if request.method == "POST" else None
    return MatchForm(data, initial=initial, seen=seen, is_confirmed=bool(upload.encoding))


def _read_anew(request: HttpRequest, upload: ImportUpload, form: MatchForm) -> HttpResponse:
    """Show the columns again as another system's, or in another encoding."""
    kind, encoding = form.cleaned_data["kind"], form.cleaned_data.get("encoding", "")
    try:
        preview(bytes(upload.content), kind=kind, encoding=encoding or None)
    except UnreadableFile as refusal:
        form.add_error("encoding" if encoding else None, str(refusal))
        return _match_page(request, upload, form, status=422)
    read_as(upload, kind=kind, encoding=encoding)
    messages.info(request, "The file was read again. Look at its columns once more.")
    return redirect("lead_import_match", key=upload.key)


def _match_page(
    request: HttpRequest, upload: ImportUpload, form: MatchForm, *, status: int = 200
) -> HttpResponse:
    study_site = upload.study_site
    zone = study_site.site.time_zone if study_site else "UTC"
    lead_file = _as_matched(upload, form)
    number, terms = pages.first_row(lead_file, zone)
    values = {
        "upload": upload,
        "form": form,
        "columns": pages.columns_of(form),
        "steps": pages.STEPS,
        "unusual_names": pages.unusual_names(lead_file) if "encoding" in form.fields else [],
        "row_number": number,
        "terms": terms,
    }
    return render(request, "recruitment/imports/match.html", values, status=status)


def _as_matched(upload: ImportUpload, form: MatchForm) -> LeadFile | None:
    """The file as the form's columns stand now; None while nothing can be read."""
    mapping = {name: form[f"column_{n}"].value() or "" for n, name in enumerate(form.seen.columns)}
    try:
        return read_upload(upload, at=timezone.now(), mapping=mapping)
    except UnreadableFile:
        return None


@page
@names_shown
def lead_import_check(request: HttpRequest, key: UUID) -> HttpResponse:
    """See what would become of every row; with the button, import those that are ready."""
    at = timezone.now()
    upload = access.get_upload(me(request), key, at=at)
    if upload.imported_at is not None:
        return redirect("lead_import_result", key=key)
    try:
        lead_file = read_upload(upload, at=at)
        plan = plan_upload(upload, lead_file, at=at)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("lead_import_match", key=key)
    if not upload.mapping or lead_file.is_encoding_guess:
        return redirect("lead_import_match", key=key)
    values = pages.check_values(plan) | {"notes": lead_file.notes}
    problem = _import(request, upload, plan) if request.method == "POST" else ""
    if request.method == "POST" and not problem:
        return redirect("lead_import_result", key=key)
    values |= {"upload": upload, "steps": pages.STEPS, "problem": problem}
    status = 422 if problem else 200
    return render(request, "recruitment/imports/check.html", values, status=status)


def _import(request: HttpRequest, upload: ImportUpload, plan: ImportPlan) -> str:
    """Import the rows that are ready and those that were chosen; a sentence when it cannot be."""
    choices = [told.number for told in pages.check_values(plan)["lists"]["alike"] if told.is_choice]
    form = RowsForm(request.POST, numbers=choices)
    if not form.is_valid():
        return str(form.errors["row"][0])
    try:
        import_upload(upload, by=me(request), at=timezone.now(), wanted=form.cleaned_data["row"])
    except Refusal as refusal:
        return str(refusal)
    return ""


@require_safe
def lead_import_result(request: HttpRequest, key: UUID) -> HttpResponse:
    """What became of the rows."""
    upload = access.get_upload(me(request), key, at=timezone.now())
    if upload.imported_at is None:
        return redirect("lead_import_match", key=key)
    values = {
        "upload": upload,
        "steps": pages.STEPS,
        "outcome": pages.outcome_of(upload),
        "has_left_out": bool(upload.content),
        "zone": me(request).time_zone,
    }
    return render(request, "recruitment/imports/result.html", values)


@require_safe
@names_shown
def lead_import_rejected(request: HttpRequest, key: UUID) -> HttpResponse:
    """The rows that are left out, as a CSV to fix and import again."""
    at = timezone.now()
    upload = access.get_upload(me(request), key, at=at)
    content = bytes(upload.content)
    if upload.imported_at is None:
        try:
            content = left_out_csv(upload, plan_upload(upload, read_upload(upload, at=at), at=at))
        except Refusal:
            raise Http404 from None
    if not content:
        raise Http404
    return HttpResponse(
        content,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="rows-left-out.csv"'},
    )

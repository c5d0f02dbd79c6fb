"""Saving a view of the queue, renaming, sharing and deleting it. Plain forms throughout."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from recruitment.forms.saved_views import SavedViewForm
from recruitment.models import Site
from recruitment.models.desk import SavedView
from recruitment.queries.queue import Queue
from recruitment.queries.queue_ask import asked
from recruitment.rules.refusals import InvalidInput
from recruitment.services.saved_views import change_view, delete_view, save_view
from recruitment.views.desk import desk_of
from recruitment.views.lead_answers import me


def _sites(read: Queue) -> list[Site]:
    sites = {row.site_id: row.site for row in read.study_sites}
    return sorted(sites.values(), key=lambda site: site.name)


@require_http_methods(["GET", "HEAD", "POST"])
def saved_view_add(request: HttpRequest) -> HttpResponse:
    """Save what the queue's address says under a name."""
    read = desk_of(request)
    query = asked(request.GET).query
    form = SavedViewForm(request.POST or None, sites=_sites(read))
    if form.is_valid():
        try:
            save_view(
                by=me(request),
                name=form.cleaned_data["name"],
                query=query,
                site=form.site_chosen,
                at=timezone.now(),
            )
        except InvalidInput as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, "View saved.")
            return redirect(f"{reverse('queue')}?{query}")
    context = {
        "title": "Save this view",
        "lede": "Its tab, bucket and filters; the leads in it are found anew each time.",
        "back_url": f"{reverse('queue')}?{query}",
    }
    return _answer(request, form, context)


@require_http_methods(["GET", "HEAD", "POST"])
def saved_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a view of one's own, or change who has it; 404 for one of somebody else."""
    read = desk_of(request)
    view = get_object_or_404(SavedView, pk=pk, owner=me(request))
    given = {"name": view.name, "site": str(view.site_id or "")}
    form = SavedViewForm(request.POST or None, sites=_sites(read), initial=given)
    if form.is_valid():
        try:
            change_view(
                view=view, by=me(request), name=form.cleaned_data["name"], site=form.site_chosen
            )
        except InvalidInput as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, "View changed.")
            return redirect(f"{reverse('queue')}?{view.query}")
    context = {
        "title": "Change a saved view",
        "lede": "",
        "back_url": f"{reverse('queue')}?{view.query}",
        "delete_url": reverse("saved_view_delete", args=[pk]),
    }
    return _answer(request, form, context)


@require_POST
def saved_view_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a view of one's own; pressed twice, it is gone once."""
    read = desk_of(request)
    view = SavedView.objects.filter(pk=pk, owner=read.user).first()
    if view is not None:
        delete_view(view=view, by=read.user)
        messages.success(request, "View deleted. No lead was changed.")
    query = asked(QueryDict(view.query).dict()).query if view is not None else "tab=mine"
    return redirect(f"{reverse('queue')}?{query}")


def _answer(request: HttpRequest, form: SavedViewForm, context: dict[str, str]) -> HttpResponse:
    crumbs = [("Queue", reverse("queue"))]
    values = {"form": form, "save_label": "Save view", "crumbs": crumbs, **context}
    status = 422 if request.method == "POST" else 200
    return render(request, "recruitment/saved_view.html", values, status=status)

"""Views of the queue under a name: one's own, or shared with a site (S1)."""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from recruitment.models import Site, study_sites_for
from recruitment.models.desk import SavedView
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.texts import line_of
from recruitment.services.verbs import verb

MOST_NAME = 60  # characters
MOST_QUERY = 300
MOST_VIEWS = 30  # of one person, and shared with one site: every one is counted on each page


@verb
@transaction.atomic
def save_view(*, by: User, name: str, query: str, site: Site | None, at: datetime) -> SavedView:
    """Keep the queue's address `query` under `name`; with `site`, for everybody who works there.

    A shared view shows each reader what she may read. `at` is UTC. Raises InvalidInput naming the
    field: no name, one that she has already, a site that she does not read, too many views.
    """
    name = line_of(name, most=MOST_NAME, field="name")
    _check(by, name, query, site)
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # two tabs cannot both be the last
    if SavedView.objects.filter(owner=by).count() >= MOST_VIEWS:
        raise InvalidInput(f"At most {MOST_VIEWS} views. Delete one first.", field="name")
    row = SavedView(owner=by, site=site, name=name, query=query, made_at=at)
    return _write(row)


@verb
@transaction.atomic
def change_view(*, view: SavedView, by: User, name: str, site: Site | None) -> SavedView:
    """Rename a view of one's own, share it with a site, or keep it to oneself. May run twice.

    Raises InvalidInput naming the field, also where it was deleted meanwhile, and Refusal for a
    view of somebody else.
    """
    name = line_of(name, most=MOST_NAME, field="name")
    _check_own(view, by)
    _check(by, name, view.query, site)
    if not SavedView.objects.select_for_update().filter(pk=view.pk).exists():
        raise InvalidInput("This view was deleted meanwhile. Save it as a new one.", field="name")
    view.name, view.site = name, site
    return _write(view)


@verb
def delete_view(*, view: SavedView, by: User) -> None:
    """Delete a view of one's own; the leads are not touched. May run twice."""
    _check_own(view, by)
    SavedView.objects.filter(pk=view.pk).delete()


def _check_own(view: SavedView, by: User) -> None:
    if view.owner_id != by.pk:
        raise Refusal("Only who made this view may change it.")


def _check(by: User, name: str, query: str, site: Site | None) -> None:
    if not name:
        raise InvalidInput("Give the view a name.", field="name")
    if not query or len(query) > MOST_QUERY:
        raise InvalidInput("This list cannot be saved.", field="name")
    if site is None:
        return
    if not study_sites_for(by, "view_leads").filter(site=site).exists():
        raise InvalidInput("Choose a site whose leads you see.", field="site")


def _write(row: SavedView) -> SavedView:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise InvalidInput("You have a view of this name already.", field="name") from error
    return row

"""Naming who approves sponsor reports in the place of a site's lead, and ending it (D35)."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from recruitment.models import ReportDeputy, Site, StudySite, study_sites_for
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.services.settings import record
from recruitment.services.verbs import verb

LEAD, DEPUTY = "Site lead", "Deputy of the site lead"
"""The roles that a report prints of who issued it, which never names her (D9)."""


@verb
@transaction.atomic
def name_deputy(
    *, site: Site, user: User, starts_at: datetime, ends_at: datetime | None, by: User, at: datetime
) -> ReportDeputy:
    """Let `user` approve the reports of `site` in `[starts_at, ends_at)`, all UTC.

    `by` leads the site (the door checks it). A start that has passed is now; without `ends_at` it
    lasts until it is ended. The same once more gives back what is there. Raises InvalidInput naming
    the field: for somebody without a part at the site, who leads it herself or is its deputy
    already, and for days that end before they begin.
    """
    Site.objects.select_for_update(no_key=True).get(pk=site.pk)
    starts_at = max(starts_at, at)
    _check_person(user, site)
    if ends_at is not None and ends_at <= starts_at:
        raise InvalidInput("The last day is before the first, or over already.", field="last_on")
    held = ReportDeputy.objects.filter(site=site, user=user, ended_at__isnull=True).first()
    if held is not None:
        if held.ends_at is None or held.ends_at > at:
            return _same(held, starts_at, ends_at, at=at)
        held.ended_at, held.ended_by = at, by  # its last day has passed
        held.save(update_fields=["ended_at", "ended_by"])
    named = ReportDeputy.objects.create(
        site=site, user=user, starts_at=starts_at, ends_at=ends_at, named_at=at, named_by=by
    )
    record(named, "added", new=user.name, by=by, at=at)
    return named


def _check_person(user: User, site: Site) -> None:
    places = StudySite.objects.filter(site=site)
    if not user.is_active or not study_sites_for(user, "view_leads").filter(pk__in=places).exists():
        raise InvalidInput(f"{user.name} has no part at {site}.", field="person")
    if study_sites_for(user, "lead_site").filter(pk__in=places).exists():
        raise InvalidInput(f"{user.name} leads {site} and issues its reports.", field="person")


def _same(
    held: ReportDeputy, starts_at: datetime, ends_at: datetime | None, *, at: datetime
) -> ReportDeputy:
    """What is there, if it says the same; Refusal if it does not."""
    is_begun = held.starts_at <= at and starts_at <= at
    if held.ends_at == ends_at and (is_begun or held.starts_at == starts_at):
        return held
    raise InvalidInput(
        f"{held.user.name} is a deputy here already. End that first.", field="person"
    )


@verb
@transaction.atomic
def end_deputy(*, deputy: ReportDeputy, by: User, at: datetime) -> None:
    """End it now, or call it off before it begins. `at` is UTC. May run twice.

    `by` leads the site (the door checks it). An issue that has begun comes first.
    """
    locked = ReportDeputy.objects.select_for_update().get(pk=deputy.pk)
    if locked.ended_at is None:
        _end(locked, by=by, at=at)


def end_without_part(user: User, *, by: User, at: datetime) -> None:
    """End what `user` is deputy of where she has no part any more, in the caller's transaction."""
    here = study_sites_for(user, "view_leads").values("site")
    rows = ReportDeputy.objects.select_for_update(of=("self",)).order_by("pk")
    for row in rows.filter(user=user, ended_at__isnull=True).exclude(site__in=here):
        _end(row, by=by, at=at)


def _end(row: ReportDeputy, *, by: User, at: datetime) -> None:
    record(row, "ended_at", new=at, by=by, at=at)
    row.ended_at, row.ended_by = at, by
    row.save(update_fields=["ended_at", "ended_by"])


def role_to_issue(user: User, study_site: StudySite, *, at: datetime) -> str:
    """In which role `user` may issue a report there at `at` (UTC): `LEAD`, else `DEPUTY`.

    A deputy's row is locked until the transaction ends, so that nobody ends it meanwhile. Raises
    Refusal for whoever is neither, or is so no more.
    """
    if study_sites_for(user, "lead_site").filter(pk=study_site.pk).exists():
        return LEAD
    rows = ReportDeputy.objects.in_force(at=at).filter(user=user, site=study_site.site_id)
    if rows.select_for_update(of=("self",), no_key=True).exists():
        return DEPUTY
    raise Refusal("You may not issue reports of this site any more.")

"""The door: fetch and authorise in one call (house.md 4.4; PR2, PR3).

404 for what one may not know exists, 403 for what one may not do with it. A view gets its objects
here and nowhere else.
"""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied
from django.db.models import Model, OuterRef, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import User
from recruitment.models import (
    Alert,
    Handoff,
    ImportUpload,
    Lead,
    Leave,
    Message,
    ReviewAction,
    Study,
    StudyBlocker,
    StudySite,
    WeeklyReview,
    study_sites_for,
)
from recruitment.models.access import StudySiteUserPermission, studies_for
from recruitment.models.halts import is_halted
from recruitment.queries.messages import waiting_messages
from recruitment.rules.weekly.codes import ReviewState
from trialsnest.lib.prepared import prepared

ADMINISTER = "recruitment.administer"
Setting = TypeVar("Setting", bound=Model)


def get_lead(user: User, number: str, perm: str = "view_leads") -> Lead:
    """The lead with this number, if `user` may see it; Http404 if not, also when there is none.

    With another `perm` (work_leads, review_leads, lead_site) raises PermissionDenied when the
    user may see the lead but not do this. One statement, which reads what `rights` tells.
    """
    if not number.isalnum():  # forms name leads too, and the database takes no odd characters
        raise Http404
    found = _leads(user=user.pk, number=number)
    if not found:
        raise Http404
    [lead] = found
    held, lead.study_site.is_halted = lead.held, lead.is_halted  # type: ignore[attr-defined]  # annotated
    lead.study_site.perms, lead.rights_of = held, (user.pk, frozenset(held))  # type: ignore[attr-defined]  # likewise
    if perm not in rights(user, lead):
        raise PermissionDenied
    return lead


@prepared
def _leads(*, user: int, number: str) -> QuerySet[Lead]:
    reader = User(pk=user)
    leads = Lead.objects.visible_to(reader).annotate(
        held=ArraySubquery(_held(reader, OuterRef("study_site"))),
        is_halted=is_halted(OuterRef("study_site")),
    )
    leads = leads.select_related("study_site__study", "study_site__site", "source")
    return leads.select_related("owner", "person").filter(number=number)


def get_lead_for(user: User, number: str, perms: frozenset[str]) -> Lead:
    """The lead, if `user` may see it and holds one of `perms` there; Http404 or 403 if not."""
    lead = get_lead(user, number)
    if not rights(user, lead) & perms:
        raise PermissionDenied
    return lead


def rights(user: User, lead: Lead) -> frozenset[str]:
    """What `user` may do with the lead: codenames such as work_leads.

    No statement for a lead that `get_lead` fetched for her, else one.
    """
    reader, held = getattr(lead, "rights_of", (None, frozenset()))
    if reader == user.pk:
        return frozenset(held)
    codes = _held(user, lead.study_site_id).values_list("permission__codename", flat=True)
    return frozenset(codes)


def _held(user: User, study_site: OuterRef | int) -> QuerySet[Any, Any]:
    """The codenames that `user` holds on a study at a site."""
    held = StudySiteUserPermission.objects.filter(user=user, content_object=study_site)
    return held.values("permission__codename")


def get_study_site(user: User, pk: int, perm: str = "view_leads") -> StudySite:
    """The study at a site, if `user` holds `perm` there; Http404 if not."""
    found = study_sites_for(user, perm).select_related("study", "site").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_study_site_for(user: User, pk: int, perm: str) -> StudySite:
    """The same for somebody who may see it; PermissionDenied where she may not do `perm` there."""
    found = get_study_site(user, pk)
    if not study_sites_for(user, perm).filter(pk=pk).exists():
        raise PermissionDenied
    return found


def get_study_blocker(user: User, pk: int, perm: str) -> StudyBlocker:
    """A blocker of a study at a site; Http404 to whoever has no part there, 403 without `perm`."""
    rows = StudyBlocker.objects.select_related("owner", "opened_by", "resolved_by")
    found = rows.filter(pk=pk, study_site__in=study_sites_for(user, "view_leads")).first()
    if found is None:
        raise Http404
    found.study_site = get_study_site_for(user, found.study_site_id, perm)
    return found


def study_sites(user: User, perm: str = "view_leads") -> QuerySet[StudySite]:
    """Every study at a site where `user` holds `perm`, with study and site."""
    return study_sites_for(user, perm).select_related("study", "site")


def working_places(user: User) -> list[StudySite]:
    """Every study at a site whose leads `user` works, with study and site; Http404 without any."""
    places = list(study_sites(user, "work_leads").select_related("study", "site"))
    if not places:
        raise Http404
    return places


def leads_place(user: User, study_site: StudySite) -> bool:
    """Whether `user` leads the site of this study, or administers the installation."""
    is_lead = study_sites_for(user, "lead_site").filter(pk=study_site.pk).exists()
    return is_lead or user.has_perm(ADMINISTER)


def get_led_place(user: User, pk: int) -> StudySite:
    """The study at a site, for its site lead or an administrator.

    PermissionDenied for somebody who only works there, Http404 for anybody else.
    """
    place = get_object_or_404(StudySite.objects.select_related("study", "site"), pk=pk)
    if not leads_place(user, place):
        get_study_site(user, pk)
        raise PermissionDenied
    return place


def get_halt_place(user: User, pk: int) -> StudySite:
    """The study at a site, for who works or leads there and for an administrator.

    PermissionDenied for somebody who only reviews there, Http404 for anybody else.
    """
    if user.has_perm(ADMINISTER):
        return get_led_place(user, pk)
    return get_study_site_for(user, pk, "work_leads")


def led_places(user: User, study: Study) -> list[StudySite]:
    """Where `user` may halt the study: at the sites she leads; everywhere as administrator."""
    places = StudySite.objects.select_related("study", "site").filter(study=study)
    if not user.has_perm(ADMINISTER):
        places = places.filter(pk__in=study_sites_for(user, "lead_site"))
    return list(places.order_by("site__name"))


def get_weekly_review(user: User, pk: int) -> WeeklyReview:
    """A review whose studies `user` leads at its site, every one; Http404 to everybody else."""
    held = WeeklyReview.objects.covering_only(study_sites_for(user, "lead_site").values("pk"))
    found = held.exclude(state=ReviewState.SKIPPED).filter(pk=pk)
    related = ("site", "study_site__study", "opened_by", "completed_by")
    return get_object_or_404(found.select_related(*related))


def get_review_action(user: User, pk: int) -> ReviewAction:
    """What `user` agreed to do in a review; Http404 to everybody else."""
    return get_object_or_404(ReviewAction, pk=pk, owner=user)


def studies(user: User) -> QuerySet[Study]:
    """Studies whose issued reports `user` may read (sponsor viewers)."""
    return studies_for(user, "view_reports")


def check_own_action(user: User, action_id: UUID) -> None:
    """Raise Http404 unless this is an action of `user` on leads that she may still work."""
    leads = Lead.objects.filter(events__action_id=action_id, events__actor=user).distinct()
    workable = leads.filter(study_site__in=study_sites_for(user, "work_leads"))
    if not leads or workable.count() != leads.count():
        raise Http404


def require_staff(user: User) -> None:
    """Raise Http404 unless `user` works on, reviews or leads some study at a site."""
    if not study_sites_for(user, "view_leads").exists():
        raise Http404


def require_administrator(user: User) -> None:
    """Raise Http404 unless `user` administers the installation (A7)."""
    if not user.has_perm(ADMINISTER):
        raise Http404


def get_setting(user: User, model: type[Setting], pk: int) -> Setting:
    """One row of the set-up; Http404 for whoever does not administer, and when there is none."""
    require_administrator(user)
    found: Setting = get_object_or_404(model, pk=pk)
    return found


def get_handoff(user: User, pk: int) -> Handoff:
    """The hand-off of a lead that `user` may see, with the lead; Http404 if not."""
    found: Handoff | None = (
        Handoff.objects.filter(pk=pk, lead__in=Lead.objects.visible_to(user))
        .select_related("lead__study_site__study", "lead__study_site__site", "sender", "receiver")
        .first()
    )
    if found is None:
        raise Http404
    return found


def get_message(user: User, pk: int) -> Message:
    """A message that waits for `user`, or that she answered herself; Http404 for any other."""
    waiting = waiting_messages(user, only=pk)
    return waiting[0].message if waiting else get_object_or_404(Message, pk=pk, answered_by=user)


def get_alert(user: User, pk: int) -> Alert:
    """An alert about a site that `user` leads; Http404 if not."""
    found: Alert = get_object_or_404(Alert, pk=pk, study_site__in=study_sites(user, "lead_site"))
    return found


def get_colleague(user: User, pk: int) -> User:
    """Somebody with a role or a lead at a site that `user` leads; Http404 if not."""
    led = study_sites_for(user, "lead_site").values("pk")
    works = Q(studysiteuserpermission__content_object__in=led) | Q(owned_leads__study_site__in=led)
    found: User | None = User.objects.filter(works, pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_leave_taker(user: User, pk: int) -> User:
    """Whose leave `user` may record: her own, her site's people's, as administrator anybody's.

    Http404 for others, and for somebody who works on no study there.
    """
    found = User.objects.filter(pk=pk, is_active=True).first()
    if found is None or not leave_places(user, found)[0]:
        raise Http404
    return found


def leave_places(user: User, taker: User) -> tuple[list[StudySite], list[StudySite]]:
    """Where `taker` works: the studies at sites whose cover `user` may choose, and the others.

    A site lead chooses at her own sites, and learns nothing of the others (PR3).
    """
    places = list(study_sites(taker, "work_leads"))
    if taker == user or user.has_perm(ADMINISTER):
        return places, []
    led = set(study_sites_for(user, "lead_site").values_list("pk", flat=True))
    here = [place for place in places if place.pk in led]
    return here, [place for place in places if place.pk not in led]


def get_leave(user: User, pk: int) -> Leave:
    """A leave that `user` may change (see `get_leave_taker`); Http404 if not."""
    leave: Leave = get_object_or_404(Leave.objects.select_related("user"), pk=pk)
    get_leave_taker(user, leave.user_id)
    return leave


def get_upload(user: User, key: UUID, *, at: datetime) -> ImportUpload:
    """The user's own upload, until it expires at a moment after `at` (UTC); Http404 if not.

    The right to import where it belongs is asked for again at every step.
    """
    found = ImportUpload.objects.select_related(
        "study_site__study", "study_site__site", "source"
    ).filter(key=key, owner=user, expires_at__gt=at)
    if not user.has_perm(ADMINISTER):
        found = found.exclude(kind=ImportUpload.STUDY_FILE)
    upload = found.filter(
        Q(kind=ImportUpload.STUDY_FILE) | Q(study_site__in=study_sites_for(user, "work_leads"))
    ).first()
    if upload is None:
        raise Http404
    return upload

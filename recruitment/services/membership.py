"""Who holds which role, and what a role may do: the only caller of guardian's grants (D11, PR1)."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from django.db import transaction
from guardian.shortcuts import assign_perm, remove_perm

from accounts.models import User
from recruitment.models import Membership, Role, Site, Study, StudySite
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.work_codes import AlertKind
from recruitment.services.deputies import end_without_part
from recruitment.services.freeing import Freed, free_leads
from recruitment.services.settings import change_setting

PERMISSIONS: Mapping[Role, tuple[str, ...]] = {
    Role.COORDINATOR: ("view_leads", "work_leads"),
    Role.SITE_LEAD: ("view_leads", "work_leads", "lead_site"),
    Role.REVIEWER: ("view_leads", "review_leads"),
    Role.SPONSOR_VIEWER: ("view_reports",),
    Role.ADMINISTRATOR: ("administer",),
}
"""What each role may do (15.1): on studies at sites, on studies, or over the installation."""

Scope = Site | StudySite | Study | None


def scope_fields(role: Role, scope: Scope) -> dict[str, Scope]:
    """The columns of a membership for `role` over `scope`. Raises InvalidInput if they misfit."""
    wanted = {
        Role.SITE_LEAD: Site,
        Role.COORDINATOR: StudySite,
        Role.REVIEWER: StudySite,
        Role.SPONSOR_VIEWER: Study,
    }.get(role)
    if wanted is None and scope is None:
        return {}
    if wanted is None or not isinstance(scope, wanted):
        raise InvalidInput(
            "A site lead holds a site, coordinators and reviewers a study at a site, a sponsor "
            "viewer a study; an administrator holds the installation.",
            field="scope",
        )
    name = {Site: "site", StudySite: "study_site", Study: "study"}[wanted]
    return {name: scope}


@transaction.atomic
def grant_role(
    *, user: User, role: Role, scope: Scope, by: User | None, at: datetime
) -> Membership:
    """Give `user` a role from `at` (UTC). May run twice: a role held already comes back.

    Raises Refusal for somebody who was removed for good.
    """
    _lock_user(user)
    user.refresh_from_db(fields=["removed_at"])
    if user.removed_at is not None:
        raise Refusal("This account was removed for good. Invite the person again.")
    fields = scope_fields(role, scope)
    held = Membership.objects.filter(user=user, role=role, ended_at__isnull=True, **fields).first()
    if held is not None:
        return held
    membership = Membership.objects.create(
        user=user, role=role, granted_at=at, granted_by=by, **fields
    )
    rewrite_grants(user)
    return membership


@transaction.atomic
def end_role(*, membership: Membership, by: User, at: datetime) -> None:
    """End a role at `at` (UTC). The last administrator cannot end that role for good.

    Open leads the user owns there and may no longer work go to her cover, or become Unowned with
    an alert (D22). May run twice.
    """
    others = _other_administrators(membership.user)
    _lock_user(membership.user)
    membership.refresh_from_db(fields=["ended_at", "ended_by"])
    if membership.ended_at is not None:
        return
    if membership.role == Role.ADMINISTRATOR and not others:
        raise Refusal("This is the last administrator; appoint another one first.")
    membership.ended_at, membership.ended_by = at, by
    membership.save(update_fields=["ended_at", "ended_by"])
    rewrite_grants(membership.user)
    end_without_part(membership.user, by=by, at=at)
    free_leads(membership.user, kind=AlertKind.ROLE_ENDED, by=by, at=at)


@transaction.atomic
def suspend_user(*, user: User, by: User, at: datetime) -> Freed:
    """End all sessions of `user` at once and keep her from signing in; how many leads it freed.

    Never waits for anything (D22): her open leads go to who covers her leave, or become Unowned
    and the site's leads are told; no study at a site keeps her as its owner. Roles stay on
    record. `at` is UTC. May run twice.
    """
    if user == by:
        raise Refusal("You cannot suspend yourself.")
    hold_to_end_access(user)
    change_setting(user, {"is_active": False}, by=by, at=at)
    user.refresh_from_db(fields=["is_active"])
    end_sessions(user)
    return free_leads(user, kind=AlertKind.SUSPENDED, by=by, at=at)


def hold_to_end_access(user: User) -> None:
    """Lock `user` for ending her access. Raises Refusal for the last administrator."""
    others = _other_administrators(user)  # the lock comes before the look
    _lock_user(user)
    if user.has_perm("recruitment.administer") and not others:
        raise Refusal("This is the last administrator; appoint another one first.")


def restore_user(*, user: User, by: User, at: datetime) -> None:
    """Let a suspended user sign in again, with the roles she still holds. May run twice.

    Raises Refusal for somebody who was removed for good.
    """
    user.refresh_from_db(fields=["removed_at"])
    if user.removed_at is not None:
        raise Refusal("This account was removed for good. Invite the person again.")
    change_setting(user, {"is_active": True}, by=by, at=at)
    user.refresh_from_db(fields=["is_active"])


def end_sessions(user: User) -> None:
    """Sign `user` out everywhere."""
    for session in Session.objects.all().iterator():
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()


@transaction.atomic
def extend_to(study_site: StudySite) -> None:
    """Give the site's leads their rights over a study that has just come to the site."""
    for membership in Membership.objects.filter(
        role=Role.SITE_LEAD, site=study_site.site, ended_at__isnull=True
    ).select_related("user"):
        _lock_user(membership.user)
        rewrite_grants(membership.user)


def rewrite_grants(user: User) -> None:
    """Make guardian's rows say what the memberships say; writes only what differs."""
    wanted: set[tuple[str, StudySite | Study]] = set()
    administers = False
    open_roles = Membership.objects.filter(user=user, ended_at__isnull=True)
    for membership in open_roles.select_related("site", "study_site", "study"):
        role = Role(membership.role)
        administers |= role == Role.ADMINISTRATOR
        for target in _targets(membership):
            wanted |= {(perm, target) for perm in PERMISSIONS[role]}
    held = set(_held(user))
    for perm, target in held - wanted:
        remove_perm(f"recruitment.{perm}", user, target)
    for perm, target in wanted - held:
        assign_perm(f"recruitment.{perm}", user, target)
    permission = Permission.objects.get(
        content_type__app_label="recruitment", codename="administer"
    )
    (user.user_permissions.add if administers else user.user_permissions.remove)(permission)


def _targets(membership: Membership) -> Iterable[StudySite | Study]:
    if membership.site is not None:
        return StudySite.objects.filter(site=membership.site)
    target = membership.study_site or membership.study
    return [target] if target is not None else []


def _held(user: User) -> Iterable[tuple[str, StudySite | Study]]:
    for table in ("studysiteuserpermission", "studyuserpermission"):
        rows = getattr(user, f"{table}_set").select_related("permission", "content_object")
        yield from ((row.permission.codename, row.content_object) for row in rows)


def _lock_user(user: User) -> None:
    """Let one transaction at a time change what `user` may do; those at work do not wait."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _other_administrators(user: User) -> bool:
    """Whether somebody else administers. Locks them all, so that two cannot remove each other."""
    administrators = (
        Membership.objects.filter(
            role=Role.ADMINISTRATOR, ended_at__isnull=True, user__is_active=True
        )
        .order_by("pk")
        .select_related("user")
        .select_for_update(of=("self", "user"), no_key=True)
    )
    return any(membership.user_id != user.pk for membership in list(administrators))

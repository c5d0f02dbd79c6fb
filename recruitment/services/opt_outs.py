"""Taking somebody at her word: no contact from now on, and lifting that again (DN2-DN5, D25).

The entries hold keyed hashes and no link to the person, so that they outlive her contact points,
merging and importing again (DN4).
"""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts.models import User
from recruitment.models import ContactPermission, ContactPoint, DoNotContact, Lead, SlotHold
from recruitment.models.contact_files import Reach, entries_for, reach_of
from recruitment.rules.calendars import next_opening
from recruitment.rules.contact_zones import CALLS
from recruitment.rules.events import EventKind
from recruitment.rules.identity import keyed_hash
from recruitment.rules.next_actions import Plan, check_plan
from recruitment.rules.permissions import CONSENTED, CONTACT_ACTIONS, OPTED_OUT, Scope
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import CLOSED, OPEN, Stage
from recruitment.rules.vocabulary import ActionType, Channel, PermissionState
from recruitment.services.calendars import calendar_of
from recruitment.services.contact_times import is_forbidden
from recruitment.services.log import Change, change
from recruitment.services.next_actions import end_action, set_action
from recruitment.services.opt_out_scope import ended_by, scope_of
from recruitment.services.other_leads import change_beside
from recruitment.services.verbs import verb

MAX_HOW = 200  # characters of how somebody said it


@verb
@transaction.atomic
def opt_out(
    *,
    lead: Lead,
    how: str,
    by: User,
    at: datetime,
    seen: int,
    scope: Scope | None = None,
    channel: Channel | None = None,
) -> None:
    """Record that the person wants no contact, within `scope`; it holds at once (DN2, DN3).

    Without a `scope` everything ends, unless it has to be asked (D25). `channel` is needed for the
    scope of one channel. On every open lead of hers within scope the
    planned contact gives way to a decision, and times held for her are let go (DN4). `how` says
    in words how she said it. `at` is UTC. Raises InvalidInput, LeadChanged.
    """
    lock_leads_of(lead)
    with change(lead, by=by, at=at, seen=seen) as work:
        record_opt_out(work, scope=scope_of(work.lead, scope), channel=channel, how=how)
        work.add(EventKind.NOTE_ADDED, note=how.strip())


def lock_leads_of(lead: Lead) -> None:
    """Lock every open lead of the person, in one order, before the first of them is changed.

    Two opt-outs at once would otherwise wait for one another. The transaction is the caller's.
    """
    rows = Lead.objects.select_for_update(of=("self",)).filter(
        person_id=lead.person_id, stage__in=OPEN
    )
    list(rows.order_by("pk").values_list("pk", flat=True))


def record_opt_out(
    work: Change,
    *,
    scope: Scope = Scope.ORGANISATION,
    channel: Channel | None = None,
    how: str,
    plan: Plan | None = None,
) -> bool:
    """The same inside a change that is open, whose caller has locked the person's leads.

    `plan` is what to do on this lead instead of contact; by default to decide when the site opens.
    Whether the lead was left without any channel, and the plan was set.
    """
    ended = ended_by(scope, channel)
    if not how.strip():
        raise InvalidInput("Say how the person asked for it.", field="how")
    if len(how) > MAX_HOW:
        raise InvalidInput(f"At most {MAX_HOW} characters.", field="how")
    _say_no(work, scope, ended, how)
    _forbid(work, scope, ended)
    code = str(channel) if scope == Scope.CHANNEL else str(scope)
    work.add(EventKind.PERMISSION_RECORDED, code=code, reason_code=PermissionState.NO)
    is_parked = _park(work, plan)
    for other in _others_within(work.lead, scope):
        with change_beside(work, other) as beside:
            beside.add(EventKind.PERMISSION_RECORDED, code=code, reason_code=PermissionState.NO)
            _park(beside)
    return is_parked


@verb
def lift_opt_out(*, lead: Lead, how: str, by: User, at: datetime, seen: int) -> int:
    """Take the do-not-contact entries off that govern this lead; how many they were.

    Only on the person's own renewed contact, which `how` describes (LC11, DN4). Her word on each
    channel that the opt-out had set to "no" is unknown again, so that she is asked anew. `at` is
    UTC. Raises InvalidInput when nothing is to be lifted or `how` is empty, LeadChanged.
    """
    words = how.strip()
    if not words:
        raise InvalidInput("Say how the person got in touch again.", field="how")
    if len(words) > MAX_HOW:
        raise InvalidInput(f"At most {MAX_HOW} characters.", field="how")
    with change(lead, by=by, at=at, seen=seen) as work:
        values = _values_of(work.lead.person_id)
        study_site = work.lead.study_site
        found = [
            row
            for row in entries_for(values).select_for_update()
            if row.study_id in (None, study_site.study_id)
            and row.site_id in (None, study_site.site_id)
        ]
        if not found:
            raise InvalidInput("Nothing forbids contact with this person here.", field="how")
        for row in found:
            row.lifted_at, row.lifted_by, row.lifted_how = at, by, words
            row.save(update_fields=["lifted_at", "lifted_by", "lifted_how"])
        _ask_anew(work)
        work.add(
            EventKind.PERMISSION_RECORDED,
            code="lifted",
            reason_code=PermissionState.UNKNOWN,
            note=words,
        )
    return len(found)


def flag_if_forbidden(work: Change) -> bool:
    """On receipt: whether the person asked before not to be contacted; the lead then says so.

    It comes in with a decision as its next action in place of a call (DN4). The software says
    this, nobody worked on it.
    """
    reach = reach_of(work.lead, at=work.at, has_basis=True)
    study_site = work.lead.study_site
    if not reach.contact.is_opted_out(study_id=study_site.study_id, site_id=study_site.site_id):
        return False
    by, work.by = work.by, None
    work.add(
        EventKind.PERMISSION_RECORDED,
        code="forbidden",
        reason_code=PermissionState.NO,
        occurred_at=work.at,
        note="This person asked before not to be contacted. The lead came in; nobody may reach "
        "out unless the person gets in touch again.",
    )
    _park(work)
    work.by = by
    return True


def carry_over(person_id: int, kind: str, value: str, *, at: datetime, by: User | None) -> None:
    """Let what forbids contact hold for a new number or address of the same person too (DN4)."""
    standing = entries_for(_values_of(person_id)).values_list(
        "scope", "channel", "study_id", "site_id"
    )
    DoNotContact.objects.bulk_create(
        DoNotContact(
            keyed_hash=keyed_hash(value, settings.HASH_KEY),
            kind=kind,
            scope=scope,
            channel=channel,
            study_id=study_id,
            site_id=site_id,
            at=at,
            by=by,
        )
        for scope, channel, study_id, site_id in set(standing)
    )


def _say_no(work: Change, scope: Scope, ended: Iterable[Channel], how: str) -> None:
    """Her word on each channel; a study's or a site's opt-out says nothing about the others."""
    if scope not in (Scope.CHANNEL, Scope.ORGANISATION):
        return
    ContactPermission.objects.bulk_create(
        [
            ContactPermission(
                person_id=work.lead.person_id,
                channel=channel,
                state=PermissionState.NO,
                how=f"{OPTED_OUT}: {how}"[:60],
                at=work.at,
                by=work.by,
            )
            for channel in ended
        ]
    )


def _forbid(work: Change, scope: Scope, ended: Iterable[Channel]) -> None:
    """One entry for each of her numbers and addresses, also for those of the past."""
    study_site = work.lead.study_site
    channels = [str(channel) for channel in ended] if scope == Scope.CHANNEL else [""]
    points = ContactPoint.objects.filter(person_id=work.lead.person_id)
    DoNotContact.objects.bulk_create(
        [
            DoNotContact(
                keyed_hash=keyed_hash(value, settings.HASH_KEY),
                kind=kind,
                scope=scope,
                channel=channel,
                study_id=study_site.study_id if scope == Scope.STUDY else None,
                site_id=study_site.site_id if scope == Scope.SITE else None,
                at=work.at,
                by=work.by,
            )
            for kind, value in points.values_list("kind", "value")
            for channel in channels
        ]
    )


def _others_within(lead: Lead, scope: Scope) -> list[Lead]:
    found = Lead.objects.filter(person_id=lead.person_id, stage__in=OPEN).exclude(pk=lead.pk)
    if scope == Scope.STUDY:
        found = found.filter(study_site__study=lead.study_site.study_id)
    elif scope == Scope.SITE:
        found = found.filter(study_site__site=lead.study_site.site_id)
    return list(found.select_related("study_site__study", "study_site__site").order_by("pk"))


def _park(work: Change, plan: Plan | None = None) -> bool:
    """Where no channel is left, a decision replaces the planned contact and holds are let go.

    A booked visit stays until the lead is closed. Somebody who has consented is the study team's
    to reach (D25). Whether no channel is left.
    """
    stage = work.state.stage
    if stage in CLOSED or stage in CONSENTED:
        return False
    reach = reach_of(work.lead, at=work.at, stage=stage, has_basis=True)
    if reach.allowed:
        _replace_call(work, reach)
        return False
    for hold in SlotHold.objects.filter(lead=work.lead, ended_at__isnull=True):
        work.alter(hold, ended_at=work.at)
    if plan is not None and plan.type in CONTACT_ACTIONS:
        raise InvalidInput(
            "The person wants no contact; choose a next action that is none.", field="action"
        )
    row = work.action_row
    if plan is None and row is not None and row.type not in CONTACT_ACTIONS:
        return True
    check_plan(plan or decide_soon(work), at=work.at)
    end_action(work, done=plan is not None)
    set_action(work, plan or decide_soon(work))
    return True


def _replace_call(work: Change, reach: Reach) -> None:
    """A planned call gives way where calls are over and another channel is left."""
    row = work.action_row
    if row is not None and row.type in CALLS and is_forbidden(work, reach, Channel.PHONE):
        end_action(work, done=False)
        set_action(work, decide_soon(work))


def decide_soon(work: Change) -> Plan:
    """A decision when the site opens next."""
    calendar = calendar_of(work.lead.study_site.site)
    return Plan(ActionType.DECIDE_CLOSE, next_opening(work.at, calendar))


def _values_of(person_id: int) -> list[str]:
    points = ContactPoint.objects.filter(person_id=person_id)
    return list(points.values_list("value", flat=True))


def _ask_anew(work: Change) -> None:
    reach = reach_of(work.lead, at=work.at, has_basis=True, stage=Stage.NEW_INQUIRY)
    ContactPermission.objects.bulk_create(
        [
            ContactPermission(
                person_id=work.lead.person_id,
                channel=channel,
                state=PermissionState.UNKNOWN,
                how="asked anew",
                at=work.at,
                by=work.by,
            )
            for channel, said in reach.contact.said.items()
            if said.how.startswith(OPTED_OUT)
        ]
    )

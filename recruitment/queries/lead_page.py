"""What the page of one lead shows; a fixed number of statements whatever its history."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from accounts.models import User
from recruitment.models import (
    Blocker,
    Lead,
    LeadEvent,
    NextAction,
    StudyStaff,
    stage_words,
)
from recruitment.models.contact_files import Reach, reach_of
from recruitment.queries.close_told import close_told
from recruitment.queries.contact_panel import (
    ChannelWords,
    ContactHours,
    channels_of,
    hours_of,
    shared_kinds,
)
from recruitment.queries.lead_gate import GatePage
from recruitment.queries.lead_rows import LeadRows, lead_rows
from recruitment.queries.prompts import Prompt, prompts_at
from recruitment.queries.queue_rows import IN_HAND
from recruitment.queries.stage_labels import words_at
from recruitment.queries.timeline import (
    CONTACTS,
    Entry,
    entry_of,
    events_of,
)
from recruitment.queries.visit_panel import VisitPanel, visit_panel
from recruitment.queries.workers import Member, members_from
from recruitment.rules.events import EventKind
from recruitment.rules.identity.phones import phone_words
from recruitment.rules.next_actions import completed_by
from recruitment.rules.permissions import Point
from recruitment.rules.stage_words import StageWords
from recruitment.rules.stages import CLOSED, ORDER, Bucket, Stage, bucket_of
from recruitment.rules.vocabulary import (
    ActionType,
    BlockerCategory,
    Channel,
    RecordsState,
)
from trialsnest.lib import shield
from trialsnest.lib.words import age, day_short, local

NO_BASIS = BlockerCategory.CONTACT_PERMISSION
TRACK = (
    Stage.NEW_INQUIRY,
    Stage.AWAITING_PRESCREEN,
    Stage.COORDINATOR_REVIEW,
    Stage.CONTACTED,
    Stage.RECORDS_NEEDED,
    Stage.READY_TO_SCHEDULE,
    Stage.SCHEDULED,
    Stage.SCREENED,
)


@dataclass(frozen=True)
class Step:
    """One stage of the track: how long the lead was or has been there."""

    label: str
    words: str
    state: str  # done, current or ahead


def _shown(point: Point) -> Point:
    """A contact point as the page may show it: without its value while the shield is up (D34)."""
    return replace(point, value="") if shield.is_up() else point


@dataclass(frozen=True)
class LeadPage(GatePage):
    """Everything of one lead, read once."""

    rows: LeadRows
    zone: str
    now: datetime
    action: NextAction | None
    reach: Reach
    channels: Sequence[ChannelWords]
    staff: Sequence[StudyStaff]
    hours: ContactHours
    shared: Sequence[str]
    track: Sequence[Step]
    tries: Sequence[Entry]
    bucket: Bucket
    since_inquiry: int
    closed: str
    panel: VisitPanel
    words: StageWords
    prompts: Sequence[Prompt]

    @cached_property
    def members(self) -> Sequence[Member]:
        """Who has a part in the study here, by name, for the forms that offer people."""
        return members_from(self.rows.members)

    @cached_property
    def log(self) -> Sequence[LeadEvent]:
        """The whole log, oldest first. One statement where it is longer than the page reads."""
        if self.events and self.events[-1].seq == 1:
            return self.events[::-1]
        return list(LeadEvent.objects.filter(lead=self.lead).order_by("seq"))

    @property
    def first_response_at(self) -> datetime | None:
        """When somebody first tried the person, or spoke with her (5.1). UTC."""
        moments = [row.event.occurred_at for row in self.rows.responses]
        return min(moments, default=None)

    @property
    def phone_words(self) -> list[tuple[Point, str]]:
        """The numbers as they are read out; those of the site's country without its code."""
        country = self.lead.study_site.site.country
        phones = self.reach.contact.phones
        return [(_shown(point), phone_words(point.value, country)) for point in phones]

    @property
    def emails(self) -> Sequence[Point]:
        """The e-mail addresses."""
        return [_shown(point) for point in self.reach.contact.emails]

    @property
    def promised(self) -> str:
        """The time that the person asked to be called, on the person's own clock (N4)."""
        row = self.action
        return self.reach.where.local(row.due_at) if row is not None and row.is_promised else ""

    @property
    def may_call(self) -> bool:
        """Whether the phone may be used (OA7)."""
        return Channel.PHONE not in self.reach.refused

    @property
    def is_opted_out(self) -> bool:
        """Whether the person asked not to be contacted about this study here (DN4)."""
        place = self.lead.study_site
        return self.reach.contact.is_opted_out(study_id=place.study_id, site_id=place.site_id)

    @property
    def ctms_state(self) -> str:
        """Where the hand-off to study operations stands; empty before there is one (CT3)."""
        handoff = self.panel.handoff
        return handoff.state if handoff is not None else ""

    @property
    def is_parked(self) -> bool:
        """Whether it stands on a list that is not released: then no call is due (D28)."""
        return self.is_open and self.lead.is_held

    @property
    def is_asked(self) -> bool:
        """Whether the study team was asked for a review and has not decided."""
        return self.review is not None and self.review.decision == ""

    @property
    def is_stale(self) -> bool:
        """Whether it is stale now, and to be reviewed; on plan it is not (D17)."""
        return self.is_open and self.lead.stale_at is not None and self.lead.stale_at <= self.now

    @property
    def is_open(self) -> bool:
        """Whether somebody still works on it."""
        return self.lead.stage not in CLOSED

    @property
    def records_have(self) -> int:
        """Items in hand."""
        return sum(1 for row in self.records if row.state in IN_HAND)

    @property
    def records_need(self) -> int:
        """Items that are required."""
        return sum(1 for row in self.records if row.state != RecordsState.NOT_REQUIRED)

    @property
    def is_completable(self) -> bool:
        """Whether the open next action is completed by words on what came of it (N5)."""
        row = self.action
        return row is not None and not completed_by(
            ActionType(row.type), is_promised=row.is_promised, may_contact=self.may_contact
        )

    @property
    def may_contact(self) -> bool:
        """Whether a contact basis stands (IN3)."""
        return all(row.category != NO_BASIS for row in self.blockers)


def lead_page(lead: Lead, *, reader: User, now: datetime) -> LeadPage:
    """Read the page of `lead`, which came with its study, site, source, owner and person.

    Seven statements at most. `now` is UTC.
    """
    zone = lead.study_site.site.time_zone
    events, rows = events_of(lead), lead_rows(lead, reader=reader, now=now)
    has_basis = all(row.category != NO_BASIS for row in rows.blockers)
    reach = reach_of(lead, at=now, has_basis=has_basis)
    tries = [entry_of([event], zone) for event in events if event.kind in CONTACTS]
    return LeadPage(
        lead=lead,
        rows=rows,
        zone=zone,
        now=now,
        action=rows.actions[0] if rows.actions else None,
        blockers=rows.blockers,
        records=rows.records,
        reach=reach,
        channels=channels_of(reach),
        staff=rows.staff,
        hours=hours_of(reach, now),
        shared=shared_kinds(lead, reach, at=now),
        review=rows.reviews[-1] if rows.reviews else None,
        events=events,
        track=_track(lead, events, now),
        tries=tries[:3],
        bucket=bucket_of(Stage(lead.stage), stale_at=lead.stale_at, at=now),
        since_inquiry=(now - lead.received_at).days,
        panel=visit_panel(lead, rows, now=now, reach=reach),
        closed=_closed_words(lead, events, zone),
        words=words_at(lead),
        prompts=prompts_at(lead.study_site.study, Stage(lead.stage)),
    )


def open_action(lead: Lead) -> NextAction | None:
    """The open next action. One statement."""
    return NextAction.objects.filter(lead=lead, ended_at__isnull=True).first()


def open_blockers(lead: Lead) -> list[Blocker]:
    """The open blockers, oldest first. One statement."""
    rows = Blocker.objects.filter(lead=lead, resolved_at__isnull=True)
    return list(rows.select_related("owner", "sub_reason"))


def staff_of(lead: Lead) -> list[StudyStaff]:
    """Who on the study team may be named as having decided. One statement."""
    return list(StudyStaff.objects.filter(study_site=lead.study_site_id, is_active=True))


def _track(lead: Lead, events: Sequence[LeadEvent], now: datetime) -> list[Step]:
    """How long the lead was in each stage, the last stay counting."""
    spent: dict[str, timedelta] = {}
    entered = lead.received_at
    for event in sorted(events, key=lambda event: event.seq):
        if event.kind == EventKind.STAGE_CHANGED:
            spent[event.from_stage] = event.occurred_at - entered
            entered = event.occurred_at
    steps = []
    said = stage_words(lead.study_site.study)
    for stage in TRACK:
        label = said[stage].label
        if said[stage].is_hidden and stage != lead.stage and stage not in spent:
            continue
        if stage == lead.stage:
            steps.append(Step(label, _limit_words(lead, now), "current"))
        elif stage in spent:
            steps.append(Step(label, age(spent[stage]), "done"))
        else:
            passed = ORDER[stage] < ORDER[Stage(lead.stage)]
            steps.append(Step(label, "Passed over" if passed else "Not yet", "ahead"))
    return steps


def _limit_words(lead: Lead, now: datetime) -> str:
    spent = age(now - lead.stage_entered_at)
    if lead.stale_at is None:
        return spent
    if lead.stale_at <= now:
        return f"{spent}, stale for {age(now - lead.stale_at)}"
    return f"{spent}, stale in {age(lead.stale_at - now)}"


def _closed_words(lead: Lead, events: Sequence[LeadEvent], zone: str) -> str:
    """For a closed lead: why, and whose decision it was, on which day, entered by whom (D1)."""
    if lead.stage not in CLOSED:
        return ""
    for event in events:
        if event.kind == EventKind.STAGE_CHANGED and event.to_stage == lead.stage:
            words = [close_told(event, zone)]
            on = day_short(local(event.occurred_at, zone))
            if event.decided_by is not None:
                words.append(f"decided by {event.decided_by} on {on}")
            if event.actor is not None:
                words.append(f"recorded by {event.actor.name}")
            return ", ".join(part for part in words if part)
    return ""

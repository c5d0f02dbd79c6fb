"""One inquiry of the demo as its staff work it: what they do goes through the services."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, TypeAlias

from recruitment.demo.arrivals import Arrival
from recruitment.demo.desks import HOUR, MINUTE, Desk, Worker, to_five_minutes
from recruitment.demo.notes import contact_note
from recruitment.demo.recovering import take_up
from recruitment.demo.sources import Rates
from recruitment.models import Blocker, Lead, Person, StudyStaff
from recruitment.models.contact_files import reach_of
from recruitment.rules.calendars import is_open
from recruitment.rules.closing import CRITERIA_CODES, RULES, CloseCode, Family
from recruitment.rules.contact_hours import DEFAULT_WINDOW
from recruitment.rules.contact_zones import ContactZones, contact_zones, moved_into
from recruitment.rules.next_actions import Plan
from recruitment.rules.permissions import Scope
from recruitment.rules.vocabulary import (
    ActionType,
    Channel,
    ContactBasis,
    ContactResult,
    PermissionState,
)
from recruitment.services.blockers import resolve_blocker
from recruitment.services.closing import close_lead
from recruitment.services.intake import Enquirer, receive_lead
from recruitment.services.opt_out_scope import asks_scope
from recruitment.services.opt_outs import opt_out
from recruitment.services.outreach import log_outreach

Story: TypeAlias = Generator[datetime, None, None]
"""Part of a lead's way: it gives the next moment at which something happens, and goes on there."""

CALLS = frozenset({ActionType.CALL, ActionType.FINISH_PRESCREEN, ActionType.OFFER_DATES})
LAST_DAYS = timedelta(days=4)  # of the story; some things are then put on its very last day
LEFT_ON_FRIDAY = 0.7  # of what would be done from noon on, where the demo is made on a day off
FORGOTTEN_PCT = 3.2  # of the things to do, that fall out of sight for days


class WayEnds(Exception):
    """The lead was closed, with this reason; None for enrolled."""

    def __init__(self, reason: CloseCode | None = None) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass
class Case:
    """One lead in the hands of one worker. `now` is the moment of the story, UTC."""

    arrival: Arrival
    enquirer: Enquirer
    lead_number: str
    once_key: str
    rng: Random
    worker: Worker
    known_from: "Case | None" = None  # an earlier lead of the same person
    basis: ContactBasis | None = None
    now: datetime = field(init=False)
    told: datetime = field(init=False)  # the latest moment that something happened
    lead: Lead = field(init=False)
    person: Person | None = None
    calls_us: bool = False  # the person rang first
    halted: bool = False  # by a study's pause; nothing more happens

    def __post_init__(self) -> None:
        self.now = self.told = self.arrival.known_at

    @property
    def desk(self) -> Desk:
        return self.arrival.desk

    @property
    def rates(self) -> Rates:
        return self.arrival.channel.rates

    @property
    def zone(self) -> str:
        """The person's time zone."""
        return self.enquirer.time_zone or self.desk.zone

    @property
    def where(self) -> ContactZones:
        """Where the person's clock is read."""
        return contact_zones(
            stated=self.enquirer.time_zone,
            location_band=self.enquirer.location_band,
            site_zone=self.desk.zone,
            phones=self.enquirer.phones,
        )

    @property
    def permitted(self) -> list[Channel]:
        """The channels by which the person can be reached."""
        by_mail = [Channel.EMAIL] if self.enquirer.emails else []
        return [Channel.PHONE, *by_mail] if self.enquirer.phones else by_mail

    def chance(self, share: float) -> bool:
        """True in `share` (0 to 1) of all cases."""
        return self.rng.random() < share

    # Time -------------------------------------------------------------------------------------
    def until(self, moment: datetime) -> Story:
        """Go on at `moment`, or a few seconds from now when it has passed."""
        moment = max(moment, self.now + timedelta(seconds=self.rng.randint(20, 90)))
        yield moment
        self.now = moment

    def within(self, least: float, most: float) -> Story:
        """Go on after `least` to `most` minutes."""
        yield from self.until(self.now + self.rng.uniform(least, most) * MINUTE)

    def working(self, least: float, most: float) -> Story:
        """Go on after `least` to `most` hours of working time."""
        yield from self.until(self.desk.hours(self.now, self.rng.uniform(least, most)))

    def attend(self, due: datetime) -> Story:
        """Go on when the worker does what is due: mostly in time, at times late, rarely much."""
        roll = self.rng.uniform(0, 100)
        due = max(due, self.now)
        if roll < FORGOTTEN_PCT:
            moment = self.desk.hours(due, self.rng.uniform(30, 110))
        elif roll < self.worker.member.late_pct:
            moment = self.desk.hours(due, self.rng.uniform(0.6, 11) * self.worker.member.tempo)
        else:
            moment = due + self.rng.uniform(-40, 12) * MINUTE
            evening = is_open(moment - 2 * HOUR, self.desk.calendar)
            if not evening:
                moment = self.desk.at_work(moment, self.rng)
        left_from = self.desk.left_from
        if left_from is not None and left_from <= moment and self.chance(LEFT_ON_FRIDAY):
            moment = self.desk.now + HOUR  # which the story does not reach
        yield from self.until(moment)
        if roll < FORGOTTEN_PCT:
            yield from self._take_up()

    def _take_up(self) -> Story:
        """What was forgotten so long that it went stale is reviewed first, and then called."""
        plan, worker = self.plan(ActionType.CALL, 1), self.worker.user
        if take_up(self.lead, plan, by=worker, at=self.now, desk=self.desk):
            self.told = self.now
            yield from self.until(plan.due_at)

    def plan(self, type_: ActionType, days: int) -> Plan:
        """A next action `days` working days from now, or today in the last days of the story."""
        if type_ in CALLS and self.desk.now - self.now < LAST_DAYS and self.chance(0.3):
            today = self.desk.today_at(self.rng.randint(9, 17))
            if today > self.now + HOUR:
                return self.in_hours(Plan(type_, today))
        return self.in_hours(Plan(type_, self.desk.days(self.now, days)))

    def in_hours(self, plan: Plan) -> Plan:
        """The same, where it is a call or a text at an hour that suits the person."""
        may_text = self.enquirer.permissions.get(Channel.TEXT) == PermissionState.YES
        return moved_into(plan, self.where, DEFAULT_WINDOW, may_text=may_text)

    # What the services do ---------------------------------------------------------------------
    def receive(self, *, routed: bool) -> None:
        """Make the lead."""
        arrival, known = self.arrival, self.known_from
        self.lead = receive_lead(
            study_site=self.desk.study_site,
            source=self.desk.sources[arrival.channel.code],
            enquirer=self.enquirer,
            received_at=arrival.received_at,
            by=self.worker.user if arrival.typed_by_hand else None,
            at=self.now,
            basis=self.basis,
            owner=self.worker.user if routed else None,
            once_key=self.once_key,
            stated_interest=self.desk.plan.interest if self.chance(0.3) else "",
            person=known.person if known and known.desk is not self.desk else None,
            number=self.lead_number,
        )
        self.person = self.lead.person

    def act(self, service: Callable[..., Any], **values: Any) -> Any:
        """Call a service as the worker, now; with `occurred_at` it is told later than it was.

        Nobody else writes, so no page could be behind: `seen` is None as for jobs.
        """
        values.setdefault("by", self.worker.user)
        if values.get("plan") is not None:
            values["plan"] = self.in_hours(values["plan"])
        self.told = values.get("occurred_at") or self.now
        return service(lead=self.lead, at=self.now, seen=None, **values)

    def resolve(self, blocker: Blocker, resolution: str) -> None:
        """Take a blocker off, in these words; a call is next."""
        resolve_blocker(
            blocker=blocker,
            resolution=resolution,
            by=self.worker.user,
            at=self.now,
            seen=Lead.objects.get(pk=self.lead.pk).version,
            plan=self.plan(ActionType.CALL, 1),
        )
        self.told = self.now

    def contact(
        self, result: ContactResult, plan: Plan, *, channel: Channel | None = None, **values: Any
    ) -> None:
        """Log a contact, sometimes late or with a time typed from memory."""
        self.act(
            log_outreach,
            result=result,
            plan=plan,
            channel=channel or self.usual_channel,
            occurred_at=self._remembered(),
            note=contact_note(self.rng) if self.chance(0.14) else "",
            wording=self.arrival.channel.wording,
            sure=True,  # colleagues of the demo speak with one another
            **values,
        )

    @property
    def wants_no_contact(self) -> bool:
        """Whether the person asked not to be contacted, about this study or another."""
        place = self.lead.study_site
        contact = reach_of(self.lead, at=self.now, has_basis=True).contact
        return contact.is_opted_out(study_id=place.study_id, site_id=place.site_id)

    @property
    def usual_channel(self) -> Channel:
        return Channel.PHONE if self.enquirer.phones else Channel.EMAIL

    def _remembered(self) -> datetime | None:
        """When it happened, as typed by hand; None when it is told as it happens."""
        roll = self.rng.random()
        if roll > 0.3:
            return None
        minutes = self.rng.uniform(90, 1500) if roll < 0.05 else self.rng.uniform(2, 14)
        moment = to_five_minutes(self.now - minutes * MINUTE)
        if moment <= max(self.told, self.arrival.received_at):
            return None
        return moment if minutes < 90 or is_open(moment, self.desk.calendar) else None

    def decider(self) -> StudyStaff:
        """Somebody of the study team."""
        return self.rng.choice(self.desk.team)

    def close(self, reason: CloseCode, *, decided: bool = False) -> None:
        """Close the lead; `decided` when the study team's decision is recorded with it."""
        if reason == CloseCode.CONTACT_DNC and asks_scope(self.lead):
            self.act(opt_out, how="said when asked", scope=Scope.ORGANISATION)
        criterion = reason in CRITERIA_CODES
        self.act(
            close_lead,
            code=reason,
            contributing=self._contributing(reason),
            until=self.desk.days(self.now, 90) if reason == CloseCode.NOT_NOW else None,
            decided_by=self.decider() if criterion or decided else None,
        )
        raise WayEnds(reason)

    def _contributing(self, reason: CloseCode) -> list[CloseCode]:
        """A burden seldom comes alone."""
        if RULES[reason].family != Family.BURDEN or not self.chance(0.3):
            return []
        burdens = [c for c in CloseCode if RULES[c].family == Family.BURDEN and c != reason]
        return [self.rng.choice(burdens)]

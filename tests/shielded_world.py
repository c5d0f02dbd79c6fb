"""Leads full of canaries in every place that shows patients, for the screen-share shield."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from recruitment.models import Draft, Lead, Message, Role, StudySite
from recruitment.rules.next_actions import Plan
from recruitment.rules.person_details import FIELDS
from recruitment.rules.recovery_codes import EscalationKind, EscalationLevel
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import (
    ActionType,
    BlockerCategory,
    Channel,
    ContactResult,
    RecordsType,
)
from recruitment.rules.work_codes import AnswersDecision
from recruitment.services.blockers import open_blocker
from recruitment.services.corrections import void_entry
from recruitment.services.ctms import acknowledge_handoff, send_handoff
from recruitment.services.escalations import escalate
from recruitment.services.handoffs import offer_handoff
from recruitment.services.notes import add_note
from recruitment.services.outreach import log_outreach
from recruitment.services.people import correct_person
from recruitment.services.records import name_records, request_record
from recruitment.services.records_lists import NamedRecord
from tests.factories.recruitment import make_enquirer, make_lead, make_member
from tests.factories.stages import Steps, bring_to

CANARIES = (
    "Zephyrine",
    "Quackenbush",
    "6175550199",
    "555-0199",
    "zephyrine.q",
    "canarymail.example",
    "Kanari",
)
"""Names, numbers, addresses, and the beginning of every word typed about a person."""


@dataclass
class Shielded:
    """A place with leads full of canaries; `lead` is the one that holds everything."""

    study_site: StudySite
    people: dict[str, User]
    leads: list[Lead] = field(default_factory=list)

    @property
    def lead(self) -> Lead:
        return self.leads[0]

    def add(self, *, received_at: datetime, owner: User | None) -> Lead:
        """One more lead of a canary of her own."""
        enquirer = make_enquirer(
            first_name="Zephyrine",
            last_name="Quackenbush",
            phones=("+16175550199",),
            emails=("zephyrine.q@canarymail.example",),
            location_band="Kanariville",
            best_time="Kanaritime",
        )
        lead = make_lead(
            self.study_site,
            received_at=received_at,
            owner=owner,
            enquirer=enquirer,
            stated_interest="Kanariinterest",
        )
        self.leads.append(lead)
        return lead


def fill(world: Shielded) -> Shielded:
    """Leads in each part of the work, every free field of which holds a canary."""
    now, owner = timezone.now(), world.people["coordinator"]
    _everything(world.add(received_at=now - timedelta(days=2), owner=owner), owner, world)
    world.add(received_at=now - timedelta(days=40), owner=owner)  # stale
    world.add(received_at=now - timedelta(hours=3), owner=None)
    for stage in (Stage.RECORDS_NEEDED, Stage.SCHEDULED, Stage.CLOSED_OTHER, Stage.NO_RESPONSE):
        lead = world.add(received_at=now - timedelta(days=9), owner=owner)
        steps = bring_to(stage, lead, owner)
        lead.refresh_from_db()
        values = {"lead": lead, "by": owner, "at": steps.at + timedelta(hours=1)}
        add_note(text="Kanarinote of Quackenbush", **values)  # type: ignore[arg-type]
    _with_the_team(world, owner)
    Message.objects.create(
        site=world.study_site.site,
        taken_at=now,
        taken_by=owner,
        caller="Zephyrine Quackenbush",
        reach="+16175550199",
        text="Kanarimessage",
        lead=world.lead,
    )
    world.lead.refresh_from_db()
    Draft.objects.create(
        user=owner,
        lead=world.lead,
        form="note",
        words={"note": ["Kanaridraft"]},
        seen=world.lead.version,
        saved_at=now,
    )
    return world


def _with_the_team(world: Shielded, owner: User) -> None:
    """A lead put to the study team, and one handed on to study operations; an entry voided."""
    asked = world.add(received_at=timezone.now() - timedelta(days=6), owner=owner)
    steps = bring_to(Stage.COORDINATOR_REVIEW, asked, owner)
    steps.review(decision=AnswersDecision.TO_STUDY_TEAM, note="Kanarireview")
    tried = {"channel": Channel.PHONE, "result": ContactResult.NO_ANSWER}
    log_outreach(note="Kanaritry", **tried, **steps.common())  # type: ignore[arg-type]
    wrong = asked.events.filter(kind="outreach_logged").latest("seq")
    void_entry(event=wrong, reason="Kanarivoid", **steps.common())  # type: ignore[arg-type]
    values = {"best_time": "Kanarievening"} if "best_time" in FIELDS else {"language": "Welsh"}
    correct_person(values=values, reason="Kanarireason", **steps.common())  # type: ignore[arg-type]
    seen = world.add(received_at=timezone.now() - timedelta(days=30), owner=owner)
    steps = bring_to(Stage.SCREENED, seen, owner)
    send_handoff(needs="Kanarineeds", **steps.common())  # type: ignore[arg-type]
    acknowledge_handoff(number="KANARI-77", **steps.common())  # type: ignore[arg-type]


def _everything(lead: Lead, owner: User, world: Shielded) -> None:
    steps = Steps(lead, owner, at=lead.received_at)
    plan = Plan(
        ActionType.SEND_PRESCREEN, timezone.now() + timedelta(hours=1), detail="Kanaridetail"
    )
    log_outreach(
        channel=Channel.PHONE,
        result=ContactResult.REACHED,
        plan=plan,
        note="Kanarinote: ask for Zephyrine",
        **steps.common(),  # type: ignore[arg-type]
    )
    name_records(
        items=[NamedRecord(RecordsType.LABS, why="Kanariwhy")],
        **steps.common(),  # type: ignore[arg-type]
    )
    request_record(
        type=RecordsType.LABS,
        how="fax to Kanariclinic",
        provider="Kanariclinic",
        **steps.common(),  # type: ignore[typeddict-item]
    )
    open_blocker(
        category=BlockerCategory.MISSING_RECORDS,
        review_by=timezone.now() + timedelta(days=3),
        detail="Kanariblock",
        **steps.common(),  # type: ignore[arg-type]
    )
    escalate(
        kind=EscalationKind.OWNERSHIP,
        level=EscalationLevel.SITE_LEAD,
        owner=world.people["site_lead"],
        due_at=timezone.now() + timedelta(days=1),
        question="Kanariquestion",
        **steps.common(),  # type: ignore[arg-type]
    )
    offer_handoff(
        to=make_member(Role.COORDINATOR, lead.study_site),
        context="Kanaricontext of Quackenbush",
        wanted="Kanariwanted",
        promised="Kanaripromise",
        **steps.common(),  # type: ignore[arg-type]
    )

"""The few rows that one lead has in each of many tables, read in one statement for its page."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from recruitment.models import (
    Blocker,
    Clock,
    CtmsHandoff,
    Draft,
    Escalation,
    Handoff,
    HandoffStep,
    Lead,
    Milestone,
    NextAction,
    ReadinessItem,
    RecordsItem,
    RecordsListItem,
    Review,
    SlotHold,
    StudyBlocker,
    StudySiteUserPermission,
    StudyStaff,
    Visit,
)
from recruitment.models.row_parts import Parts, part
from recruitment.rules.attribution import RESPONSES

NAME = ("id", "name")
STAFF = ("id", "name", "role")
OF_LEAD = "r.lead_id = %(lead)s"
HERE = "r.study_site_id = %(place)s"
NEWEST_LIST = (
    "(SELECT id FROM recruitment_recordslist WHERE study_id = %(study)s"
    " ORDER BY version DESC LIMIT 1)"
)
PARTS = Parts(
    actions=part(NextAction, f"{OF_LEAD} AND r.ended_at IS NULL"),
    blockers=part(
        Blocker, f"{OF_LEAD} AND r.resolved_at IS NULL", owner=NAME, sub_reason=("id", "label")
    ),
    records=part(RecordsItem, OF_LEAD, requested_by=NAME, reviewed_by=NAME, decided_by=STAFF),
    reviews=part(Review, OF_LEAD, decided_by=STAFF),
    visits=part(Visit, f"{OF_LEAD} AND r.result = ''"),
    past_visits=part(Visit, f"{OF_LEAD} AND r.result <> ''"),
    readiness=part(ReadinessItem, OF_LEAD, owner=NAME),
    holds=part(SlotHold, f"{OF_LEAD} AND r.ended_at IS NULL AND r.until > %(now)s"),
    ctms=part(CtmsHandoff, OF_LEAD),
    clocks=part(Clock, OF_LEAD),
    handoffs=part(
        Handoff, f"{OF_LEAD} AND r.state IN ('offered', 'accepted')", sender=NAME, receiver=NAME
    ),
    steps=part(
        HandoffStep,
        "handoff.lead_id = %(lead)s AND handoff.state = 'offered' AND handoff.undone_at IS NULL",
        handoff=("id",),
    ),
    escalations=part(
        Escalation, f"{OF_LEAD} AND r.state = 'open'", owner=(*NAME, "is_active"), raised_by=NAME
    ),
    responses=part(
        Milestone, f"{OF_LEAD} AND r.code = ANY(%(responses)s)", event=("id", "occurred_at")
    ),
    drafts=part(Draft, f"{OF_LEAD} AND r.user_id = %(reader)s"),
    staff=part(StudyStaff, f"{HERE} AND r.is_active"),
    members=part(
        StudySiteUserPermission,
        'r.content_object_id = %(place)s AND "user".is_active',
        user=NAME,
        permission=("id", "codename"),
    ),
    halts=part(
        StudyBlocker,
        f"{HERE} AND r.category = 'study_paused' AND r.resolved_at IS NULL",
        owner=NAME,
        opened_by=NAME,
    ),
    usual=part(RecordsListItem, f"r.records_list_id = {NEWEST_LIST}"),
)
"""What stands of the lead now, and of its study at its site, each as its page shows it."""


@dataclass(frozen=True)
class LeadRows:
    """The rows, oldest first. Of people only the name is read, and what else is shown of them."""

    actions: list[NextAction]
    blockers: list[Blocker]
    records: list[RecordsItem]
    reviews: list[Review]
    visits: list[Visit]
    past_visits: list[Visit]
    readiness: list[ReadinessItem]
    holds: list[SlotHold]
    ctms: list[CtmsHandoff]
    clocks: list[Clock]
    handoffs: list[Handoff]
    steps: list[HandoffStep]
    escalations: list[Escalation]
    responses: list[Milestone]
    drafts: list[Draft]
    staff: list[StudyStaff]
    members: list[StudySiteUserPermission]
    halts: list[StudyBlocker]
    usual: list[RecordsListItem]

    @property
    def handoff(self) -> Handoff | None:
        """The hand-off that is open, or the last one that was accepted."""
        return self.handoffs[-1] if self.handoffs else None

    @property
    def halt(self) -> StudyBlocker | None:
        """How the study is halted at the site now, if it is (D32)."""
        return self.halts[0] if self.halts else None


def lead_rows(lead: Lead, *, reader: User, now: datetime) -> LeadRows:
    """Everything at `now` (UTC); of drafts those of `reader`. One statement."""
    found = PARTS.read(
        lead=lead.pk,
        place=lead.study_site_id,
        study=lead.study_site.study_id,
        reader=reader.pk,
        now=now,
        responses=sorted(RESPONSES),
    )
    found["blockers"].sort(key=lambda row: (row.opened_at, row.pk))
    found["escalations"].sort(key=lambda row: (row.due_at, row.pk))
    found["holds"].sort(key=lambda row: row.starts_at)
    found["staff"].sort(key=lambda row: row.name)
    return LeadRows(**found)

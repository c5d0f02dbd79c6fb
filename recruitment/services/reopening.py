"""Taking a closed lead back into work (3.2, LC11)."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from accounts.models import User
from recruitment.models import Lead, StudyStaff
from recruitment.models.contact_files import Reach
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import CLOSED, OPEN, Stage
from recruitment.rules.texts import MAX_NOTE
from recruitment.services.contact_times import reach_for
from recruitment.services.halted import hold_if_halted
from recruitment.services.log import Change, change
from recruitment.services.moves import move
from recruitment.services.opt_outs import lift_opt_out
from recruitment.services.ownership import hold_owners
from recruitment.services.reopening_rules import is_barred
from recruitment.services.slots import given_away, lost_words
from recruitment.services.verbs import verb


@verb
@transaction.atomic
def reopen_lead(
    *,
    lead: Lead,
    to: Stage,
    plan: Plan,
    by: User,
    at: datetime,
    seen: int | None,
    note: str = "",
    renewed: str = "",
    decided_by: StudyStaff | None = None,
    override: str = "",
) -> str:
    """Reopen to the stage the lead came from or to Coordinator review, with its next action.

    A coordinator may within 30 days of the close, a site lead afterwards. `renewed` says how the
    person came back by own wish, needed after do-not-contact, which is then lifted. Gates hold as
    for any move (LC8); `override` is a site lead's reason. `decided_by` is needed for Screened.
    A visit time that was kept and went to others meanwhile ends (G7); the sentence about it comes
    back and stands on the timeline, "" where there is none.
    `at` is UTC. Raises Refusal saying who may, InvalidInput naming the field, LeadChanged; then
    nothing is written. A second call with the same `seen` is refused.
    """
    words = note.strip()
    if len(words) > MAX_NOTE:
        raise InvalidInput(f"At most {MAX_NOTE:,} characters.", field="note")
    hold_owners([lead.pk])
    with change(lead, by=by, at=at, seen=seen) as work:
        if work.state.stage not in CLOSED:
            raise InvalidInput("The lead is open already.", field="to")
        if to not in OPEN:
            raise InvalidInput("Choose the stage to reopen to.", field="to")
        barred = is_barred(work)
        reach = _once_lifted(work) if barred else None
        lost = given_away(work)
        said = lost_words(lost, work.lead.study_site.site.time_zone)
        _check_room(words, said)
        move(
            work,
            to,
            plan=plan,
            decided_by=decided_by,
            note=" ".join(filter(None, [words, said])),
            renewed=renewed,
            override=override,
            reach=reach,
        )
        for hold in lost:
            work.alter(hold, ended_at=work.at)
        hold_if_halted(work)
    if barred:
        lift_opt_out(lead=work.lead, how=renewed, by=by, at=at, seen=work.lead.version)
    return said


def _check_room(words: str, said: str) -> None:
    """The sentence about kept times that are lost stands in the same note as `words`."""
    room = MAX_NOTE - len(said) - 1
    if said and len(words) > room:
        raise InvalidInput(
            f"At most {room:,} characters here: the note also says which kept times are lost.",
            field="note",
        )


def _once_lifted(work: Change) -> Reach:
    """How the person may be reached once her own wish has lifted the opt-out (LC11)."""
    reach = reach_for(work)
    return replace(reach, contact=replace(reach.contact, forbidden=()))

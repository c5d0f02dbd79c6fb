"""Releasing leads of lists, so many a day: only then are they owed a first response (D28)."""

import uuid
from datetime import datetime

from django.db import transaction

from accounts.models import User
from recruitment.models import Lead, StudySite
from recruitment.models.halts import halted_words, standing_halt
from recruitment.models.lists import held_leads, list_numbers, may_release_more
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan, first_response_due
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.vocabulary import ActionType, SourceKind
from recruitment.services.log import Change, change
from recruitment.services.next_actions import end_action, set_action
from recruitment.services.settings import lock
from recruitment.services.verbs import verb
from trialsnest.lib.words import counted

MOST = 500  # leads of one release


@verb
@transaction.atomic
def release_leads(
    *, study_site: StudySite, by: User, at: datetime, count: int | None = None
) -> list[Lead]:
    """Release the oldest `count` leads of the lists here; those released come back.

    Without a `count` it is what is left of today's number: that of the study for each coordinator
    who is here, less what was released since the site's midnight. Only a site lead releases more.
    Each gets a call as next action, due by the first response's target from now on, and its clock
    begins. A lead that somebody works on this very moment is passed over. `at` is UTC. Raises
    InvalidInput for a count below 1, over MOST or over the day's number, Refusal while the study is
    halted and when today's are released already: a second press releases nobody twice. About ten
    statements a lead.
    """
    lock(study_site)  # two who press at once follow one another, and keep to the day's number
    wanted = _wanted(study_site, count, by=by, at=at)
    action_id = uuid.uuid4()
    oldest = held_leads(study_site).select_for_update(of=("self",), skip_locked=True)
    released = []
    for lead in oldest.select_related("source")[:wanted]:
        with change(lead, by=by, at=at, seen=None, action_id=action_id) as work:
            _release(work, SourceKind(lead.source.kind))
        released.append(work.lead)
    return released


def _wanted(study_site: StudySite, count: int | None, *, by: User, at: datetime) -> int:
    halt = standing_halt(study_site)
    if halt is not None:
        raise Refusal(f"{halted_words(halt)} Nobody is released until a site lead ends it.")
    numbers = list_numbers(study_site, at=at)
    if count is None:
        if not numbers.left_today:
            raise Refusal("Nobody is left to release today.")
        return numbers.left_today
    if not 1 <= count <= MOST:
        raise InvalidInput(f"Release 1 to {MOST} leads at once.", field="count")
    if count > numbers.left_today and not may_release_more(by, study_site):
        day = counted(numbers.a_day, "lead")
        raise InvalidInput(
            f"{day} a day here, and {numbers.left_today} are left today. A site lead may release "
            "more.",
            field="count",
        )
    return count


def _release(work: Change, kind: SourceKind) -> None:
    """Write the release, and the call that is owed from now on.

    What is planned for somebody who wants no call stays, and so does what was promised.
    """
    work.add(EventKind.RELEASED, code=kind)
    row = work.action_row
    if row is None or row.type != ActionType.CALL or row.is_promised:
        return
    end_action(work, done=False)
    set_action(work, Plan(ActionType.CALL, first_response_due(work.at, kind, work.terms)))

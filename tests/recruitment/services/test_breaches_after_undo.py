"""A target that an undo gave a later due time is told of again when that is missed (CK5, D21)."""

from datetime import timedelta

from accounts.models import User
from recruitment.models import Clock, LeadEvent, StudySite
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan
from recruitment.rules.targets import TargetKey
from recruitment.rules.vocabulary import ActionType, BlockerCategory
from recruitment.services.blockers import open_blocker, resolve_blocker
from recruitment.services.breaches import flag_breaches
from recruitment.services.undo import undo_action
from tests.factories.recruitment import MONDAY, make_lead
from tests.recruitment.clocks_agree import check_agreement

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_a_pause_that_an_undo_brings_back_ends_in_a_notice_of_its_own(
    study_site: StudySite, coordinator: User
) -> None:
    lead = make_lead(study_site, owner=coordinator)
    blocker = open_blocker(
        lead=lead,
        category=BlockerCategory.CONTACT_PERMISSION,
        review_by=MONDAY + 3 * DAY,
        by=coordinator,
        at=MONDAY + HOUR,
        seen=lead.version,
    )
    lead.refresh_from_db()
    resolve_blocker(
        blocker=blocker,
        resolution="She agreed.",
        by=coordinator,
        at=MONDAY + DAY,
        seen=lead.version,
        plan=Plan(ActionType.CALL, MONDAY + 2 * DAY),
    )
    response = Clock.objects.filter(lead=lead, target=TargetKey.FIRST_RESPONSE)
    assert flag_breaches(at=MONDAY + DAY + 8 * HOUR) == 1
    first = response.get().due_at
    assert first is not None

    event = lead.events.get(kind=EventKind.BLOCKER_RESOLVED)
    undo_action(action_id=event.action_id, by=coordinator, at=MONDAY + DAY + 8 * HOUR)
    second = response.get().due_at
    assert second is not None
    assert second > first
    assert flag_breaches(at=second - HOUR) == 0

    flag_breaches(at=second)

    told = LeadEvent.objects.filter(
        lead=lead, kind=EventKind.CLOCK_BREACHED, code=TargetKey.FIRST_RESPONSE
    )
    assert list(told.order_by("seq").values_list("due_at", flat=True)) == [first, second]
    check_agreement([lead])

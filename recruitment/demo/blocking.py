"""Something stops a lead for a while: the blocker is named, and looked at again."""

from recruitment.demo.cases import Case, Story
from recruitment.demo.shares import Blocks, one_of
from recruitment.rules.next_actions import Plan
from recruitment.rules.vocabulary import BLOCKER_PARTIES, ActionType, BlockerCategory, Party
from recruitment.services.blockers import open_blocker

RESOLVED = {
    BlockerCategory.MISSING_RECORDS: "The records are in",
    BlockerCategory.MEDICATION_REVIEW: "The study team looked at the medication",
    BlockerCategory.PENDING_REVIEW: "The study team decided",
    BlockerCategory.VISIT_CAPACITY: "New visit times were opened",
    BlockerCategory.TRAVEL: "Transport is arranged",
    BlockerCategory.CAREGIVER: "Somebody comes along",
    BlockerCategory.PATIENT_DECIDING: "Said to go on",
}
ENDS_IT = 0.3  # of the blockers that can end a lead


def maybe_blocked(case: Case, blocks: Blocks, share: float) -> Story:
    """In `share` (0 to 1) of all cases: blocked until a review date, then free again or closed."""
    if not case.chance(share):
        return
    category, reason = one_of(blocks, case.rng)
    yield from case.within(1, 20)
    review_by = case.desk.days(case.now, case.rng.randint(3, 10))
    asks_her = BLOCKER_PARTIES[category][0] == Party.PATIENT
    after = ActionType.CALL if asks_her else ActionType.ESCALATE
    blocker = case.act(
        open_blocker, category=category, review_by=review_by, plan=Plan(after, review_by)
    )
    yield from case.attend(review_by)
    if reason is not None and case.chance(ENDS_IT):
        case.close(reason)
    case.resolve(blocker, RESOLVED.get(category, "Settled"))

"""Every verb that changes a lead, with values that are mostly right and sometimes not."""

from tests.recruitment.random_verbs import blocking, contact, moving, owning, recovering, visits
from tests.recruitment.random_work import Verb

VERBS: tuple[Verb, ...] = (
    *moving.VERBS,
    *contact.VERBS,
    *blocking.VERBS,
    *visits.VERBS,
    *owning.VERBS,
    *recovering.VERBS,
)

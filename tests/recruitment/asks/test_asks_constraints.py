"""What the database itself refuses of an ask and of its history, whoever writes (AS1-AS3).

The triggers `ask_item_of_open_review` and `ask_event_option_is_offered` say in a sentence what they
refuse.
"""

from typing import Any
from uuid import UUID

import pytest
from django.db import DataError, IntegrityError, InternalError, transaction

from accounts.models import User
from recruitment.models import Ask, AskEvent, AskLead, StudySite
from recruitment.rules.weekly.codes import ItemKind
from tests.factories.recruitment import StudySiteFactory
from tests.recruitment.asks.held import ASKED, OPTIONS, answered, question, raised
from tests.recruitment.weekly.held import DAY, OPENED, end_all, held_open, item_of

ANSWER: dict[str, Any] = {"answered_on": ASKED.date(), "answered_at": ASKED}
BROKEN: list[tuple[str, dict[str, Any]]] = [
    ("ask_kind_of_its_direction", {"kind": "other"}),
    ("ask_kind_of_its_direction", {"kind": "weather"}),
    ("ask_kind_of_its_direction", {"category": "study_paused"}),
    ("ask_kind_of_its_direction", {"direction": "from_sponsor"}),
    ("ask_kind_of_its_direction", {"direction": "sideways"}),
    ("ask_party_is_known", {"party": "nobody"}),
    ("ask_has_question", {"question": ""}),
    ("ask_due_after_raised", {"due_at": ASKED}),
    ("ask_due_is_told", {"amount": None}),
    ("ask_due_is_told", {"unit": "closing"}),
    ("ask_answer_has_day", {"choice": "more_needed"}),
    ("ask_answer_has_day", ANSWER),
    ("ask_answer_has_day", {"choice": "more_needed"} | ANSWER | {"answered_at": None}),
    ("ask_answer_has_day", {"choice": "more_needed"} | ANSWER | {"answered_at": ASKED - DAY}),
    ("ask_state_fits_answer", {"state": "answered"}),
    ("ask_state_fits_answer", {"choice": "agreed"} | ANSWER),
    ("ask_state_fits_answer|ask_ended_has_time", {"state": "weather"}),
    ("ask_ended_has_time", {"ended_at": ASKED}),
    ("ask_ended_has_time", {"state": "withdrawn"}),
    ("ask_ended_has_time", {"state": "withdrawn", "ended_at": ASKED - DAY}),
    ("ask_options_are_few", {"options": "Only one"}),
    ("ask_options_are_few", {"options": "\n".join("abcdef")}),
    ("ask_options_are_few", {"options": "One\n" + "x" * 121}),
    ("ask_options_are_few", {"options": "One\n\nTwo"}),
    (
        "ask_options_are_few",
        {"options": "One\nTwo", "direction": "from_sponsor", "category": ""},
    ),
]
ENTRY: dict[str, Any] = {
    "seq": 2,
    "kind": "answered",
    "recorded_at": ASKED,
    "choice": "agreed",
    "way": "phone",
    "on": ASKED.date(),
    "said_by": "Robin",
}
DATED: dict[str, Any] = {"seq": 2, "kind": "redated", "recorded_at": ASKED, "due_at": ASKED}
WRONG: list[tuple[str, dict[str, Any]]] = [
    ("ask_event_once", ENTRY | {"seq": 1}),
    ("ask_event_answer_is_whole", ENTRY | {"choice": ""}),
    ("ask_event_answer_is_whole", ENTRY | {"choice": "perhaps"}),
    ("ask_event_answer_is_whole", ENTRY | {"on": None}),
    ("ask_event_answer_is_whole", ENTRY | {"said_by": ""}),
    ("ask_event_answer_is_whole", ENTRY | {"way": "portal"}),
    ("ask_event_answer_is_whole", ENTRY | {"way": "pigeon"}),
    ("ask_event_answer_is_whole", ENTRY | {"kind": "settled"}),
    ("ask_event_answer_is_whole", DATED | {"words": "No.", "kind": "weather"}),
    ("ask_event_due_of_its_kind", DATED | {"words": "No.", "due_at": None}),
    ("ask_event_due_of_its_kind", DATED | {"kind": "settled"}),
    ("ask_event_says_why", DATED),
    ("ask_event_says_why", {"seq": 2, "kind": "withdrawn", "recorded_at": ASKED}),
    ("ask_event_option_of_an_answer", ENTRY | {"option": OPTIONS[0], "choice": "not_agreed"}),
    ("ask_event_option_of_an_answer", DATED | {"option": OPTIONS[0], "words": "No."}),
    ("does not offer this option", ENTRY | {"option": "Another"}),
    ("does not offer this option", ENTRY | {"option": "\n".join(OPTIONS)}),
    ("ask_event_frees_when_settled", DATED | {"words": "No.", "freed": 1}),
    ("ask_event_frees_when_settled", DATED | {"words": "No.", "action_id": UUID(int=1)}),
]


@pytest.mark.parametrize(("name", "values"), BROKEN)
def test_an_ask_that_may_not_be_is_refused(ask: Ask, name: str, values: dict[str, Any]) -> None:
    with pytest.raises((IntegrityError, DataError), match=name), transaction.atomic():
        Ask.objects.filter(pk=ask.pk).update(**values)


@pytest.mark.parametrize(("name", "values"), WRONG)
def test_an_entry_that_may_not_be_is_refused(
    offering: Ask, site_lead: User, name: str, values: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        AskEvent.objects.create(ask=offering, by=site_lead, **values)


def test_a_lead_waits_once_for_an_ask(ask: Ask) -> None:
    row = AskLead.objects.filter(ask=ask)[0]

    with pytest.raises(IntegrityError, match="ask_lead_once"), transaction.atomic():
        AskLead.objects.create(ask=ask, lead=row.lead)


def test_the_history_only_grows(ask: Ask, site_lead: User) -> None:
    answered(ask, site_lead)
    entries = AskEvent.objects.filter(ask=ask)

    for change in (lambda: entries.update(words="Nothing."), entries.delete):
        with (
            pytest.raises((IntegrityError, InternalError), match="append-only"),
            transaction.atomic(),
        ):
            change()


def test_an_ask_hangs_on_no_item_of_a_completed_review_or_of_another_study(
    ask: Ask, study_site: StudySite, site_lead: User
) -> None:
    review = held_open(study_site, site_lead)
    item = item_of(review, ItemKind.REPEATED_BLOCKER)
    elsewhere = StudySiteFactory(site=study_site.site)
    other = raised(study_site, site_lead, question(question="May they?"), item=item)
    Ask.objects.filter(pk=ask.pk).update(item=None)

    with (
        pytest.raises(IntegrityError, match="of another study or of a completed review"),
        transaction.atomic(),
    ):
        Ask.objects.filter(pk=ask.pk).update(item=item, study_site=elsewhere)
    end_all(review, site_lead)
    with (
        pytest.raises(IntegrityError, match="of another study or of a completed review"),
        transaction.atomic(),
    ):
        Ask.objects.filter(pk=ask.pk).update(item=item)
    answered(other, site_lead)  # what hangs there goes on with its life
    assert other.due_at > OPENED

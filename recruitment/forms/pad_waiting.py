"""The part of the outcome pad that names what a lead waits on now (OA4, 7.1)."""

from datetime import datetime
from functools import cached_property

from django import forms

from recruitment.forms.blocker_fields import proposed_day, review_instant
from recruitment.forms.fields import LineField, day_field, field_of
from recruitment.forms.outcome_pad import OutcomePad
from recruitment.rules.blocking import usual_action
from recruitment.rules.next_actions import Plan
from recruitment.rules.vocabulary import BLOCKER_PARTIES, BlockerCategory
from recruitment.services.blockers import MAX_WORDS
from recruitment.services.outreach import Waits
from trialsnest.lib.words import day_short

ELSEWHERE = frozenset({BlockerCategory.STUDY_PAUSED, BlockerCategory.CONTACT_PERMISSION})
"""What no contact brings to light: a study's halt, and that nobody may be contacted."""


class WaitingPad(OutcomePad):
    """The pad with a blocker to name: what is waited on, and when to look again."""

    waits_on = forms.ChoiceField(label="Waiting on", required=False)
    waits_until = day_field("Look at it again on", required=False)
    waits_detail = LineField(label="What exactly", max_length=MAX_WORDS, required=False)

    def offer_waiting(self) -> None:
        """Offer what does not stop the lead yet; the days are worked out only to be shown."""
        field_of(self, "waits_on", forms.ChoiceField).choices = lambda: self._waiting
        self.fields["waits_on"].widget.attrs["aria-label"] = "Waiting on"

    @cached_property
    def _waiting(self) -> list[tuple[str, str]]:
        """What does not stop the lead yet, each with the day that is proposed."""
        known = {row.category for row in self.page.blockers} if self.page else set()
        offered = [row for row in BlockerCategory if row not in ELSEWHERE | known]
        return [("", "Nothing new"), *((row.value, self._day_words(row)) for row in offered)]

    def _day_words(self, category: BlockerCategory) -> str:
        day = proposed_day(category, at=self.at, calendar=self.calendar)
        return f"{category.label} (look again {day_short(day)})"

    def waits(self, at: datetime) -> Waits | None:
        """The blocker that was named, to be looked at at nine on the site's clock; or None."""
        data = self.cleaned_data
        if not data["waits_on"]:
            return None
        category = BlockerCategory(data["waits_on"])
        day = data["waits_until"] or proposed_day(category, at=at, calendar=self.calendar)
        return Waits(category, review_instant(day, self.zone), data["waits_detail"])

    def plan_waiting(self, waits: Waits) -> Plan | None:
        """What is usually done when such a blocker is looked at again."""
        if waits.review_by is None:
            return None
        usual = usual_action(BLOCKER_PARTIES[waits.category][0])
        return self.fitted(Plan(usual, waits.review_by), self.at)

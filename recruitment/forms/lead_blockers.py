"""Forms that name what stops a lead, look at it again, and take the name off (7.1, B1)."""

from datetime import datetime

from django import forms

from accounts.models import User
from recruitment.forms.blocker_fields import (
    OwnerField,
    category_field,
    decision_field,
    party_field,
    proposed_day,
    review_field,
    review_instant,
    words_field,
)
from recruitment.forms.fields import LineField, field_of
from recruitment.forms.lead_form import LeadForm, NextStepForm
from recruitment.forms.sub_reasons import SubReasonField, offer_sub_reasons
from recruitment.models import Blocker
from recruitment.queries.lead_page import open_blockers
from recruitment.rules.blocking import usual_action
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.vocabulary import BLOCKER_PARTIES, BlockerCategory, Party
from recruitment.services.blockers import (
    MAX_WORDS,
    open_blocker,
    redate_blocker,
    resolve_blocker,
    turn_blocker,
)


class BlockerOpenForm(NextStepForm):
    """Name what stops the lead, whom it waits on, who sees to it and what comes next (7.1)."""

    key, title, url_name = "block", "Name a blocker", "lead_blocker_open"
    save_label, done = "Open blocker", "Blocker opened."
    may_keep = True

    category = category_field()
    sub_reason = SubReasonField()
    waiting_on = party_field()
    owner = OwnerField(empty_label="The lead's owner")
    review_by = review_field()
    decision_from = decision_field()
    about = LineField(label="What exactly", max_length=MAX_WORDS, required=False)
    field_order = (
        "seen",
        "category",
        "sub_reason",
        "waiting_on",
        "owner",
        "review_by",
        "decision_from",
        "about",
        "due",
    )

    def prepare(self) -> None:
        """Offer who works here and the study's sub-reasons; propose when to look again."""
        owner = field_of(self, "owner", OwnerField)
        shown = self.people("work_leads") if self.page is not None else None
        owner.offer(self.lead.study_site_id, shown)
        offer_sub_reasons(self, self.lead.study_site.study, BlockerCategory, "blocker")
        usual = BlockerCategory.MISSING_RECORDS
        self.initial["review_by"] = proposed_day(usual, at=self.at, calendar=self.calendar)

    def run(self, *, by: User, at: datetime) -> None:
        """Open the blocker; the review is due at nine on the site's clock."""
        data = self.cleaned_data
        category = BlockerCategory(data["category"])
        party = Party(data["waiting_on"]) if data["waiting_on"] else None
        review_by = review_instant(data["review_by"], self.zone)
        open_blocker(
            lead=self.lead,
            category=category,
            waiting_on=party,
            owner=data["owner"],
            review_by=review_by,
            decision_from=data["decision_from"],
            sub_reason=data.get("sub_reason"),
            detail=data["about"],
            plan=self.plan(_plan(category, party, review_by), at),
            by=by,
            at=at,
            seen=self.seen_version,
        )


def _plan(
    category: BlockerCategory, party: Party | None, review_by: datetime | None
) -> Plan | None:
    """What is usually done when a blocker is looked at again."""
    usual = party or BLOCKER_PARTIES[category][0]
    return Plan(usual_action(usual), review_by) if review_by else None


class OneBlockerForm(LeadForm):
    """A form about one of the open blockers of the lead."""

    blocker = forms.ChoiceField(
        label="Blocker",
        error_messages={
            "invalid_choice": "This blocker was resolved already.",
            "required": "Choose the blocker.",
        },
    )

    def prepare(self) -> None:
        """Offer the open blockers of this lead."""
        rows = self.page.blockers if self.page else open_blockers(self.lead)
        self.blockers = {str(row.pk): row for row in rows}
        self.choices(
            "blocker",
            [(key, BlockerCategory(row.category).label) for key, row in self.blockers.items()],
        )

    @property
    def chosen(self) -> Blocker:
        """The blocker that the form is about."""
        row: Blocker = self.blockers[self.cleaned_data["blocker"]]
        return row

    def review(self) -> datetime:
        """When to look again. Raises InvalidInput without a day."""
        review_by = review_instant(self.cleaned_data["review_by"], self.zone)
        if review_by is None:
            raise InvalidInput("Choose the day on which to look again.", field="review_by")
        return review_by


class BlockerResolveForm(OneBlockerForm):
    """Take a blocker off, with how it ended."""

    key, title, url_name = "unblock", "Resolve a blocker", "lead_blocker_resolve"
    save_label, done = "Resolve blocker", "Blocker resolved."

    resolution = words_field("How it was resolved", "Say how it was resolved.")

    def run(self, *, by: User, at: datetime) -> None:
        """Resolve it."""
        resolve_blocker(
            blocker=self.chosen,
            resolution=self.cleaned_data["resolution"],
            by=by,
            at=at,
            seen=self.seen_version,
        )


class BlockerRedateForm(OneBlockerForm):
    """Look at a blocker again at another time."""

    key, title, url_name = "reblock", "Re-date a blocker's review", "lead_blocker_redate"
    save_label, done = "Re-date", "The blocker's review is re-dated."

    review_by = review_field(required=True)
    reason = words_field("Why", "Say why the review is re-dated.")

    def run(self, *, by: User, at: datetime) -> None:
        """Re-date it."""
        redate_blocker(
            blocker=self.chosen,
            review_by=self.review(),
            reason=self.cleaned_data["reason"],
            by=by,
            at=at,
            seen=self.seen_version,
        )


class BlockerTurnForm(OneBlockerForm):
    """The same obstacle waits on somebody else now (D23)."""

    key, title, url_name = "turn", "A blocker waits on somebody else now", "lead_blocker_turn"
    save_label, done = "Change whom it waits on", "The lead waits on somebody else now."

    waiting_on = forms.ChoiceField(
        label="Waits on now",
        choices=[("", "Choose"), *Party.choices],
        error_messages={"required": "Choose whom it waits on now."},
    )
    review_by = review_field()
    reason = words_field("What happened", "Say why it waits on somebody else now.")

    def run(self, *, by: User, at: datetime) -> None:
        """Resolve this one and open it again for the other party."""
        data = self.cleaned_data
        turn_blocker(
            blocker=self.chosen,
            waiting_on=Party(data["waiting_on"]),
            review_by=review_instant(data["review_by"], self.zone),
            reason=data["reason"],
            by=by,
            at=at,
            seen=self.seen_version,
        )

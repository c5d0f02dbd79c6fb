"""Forms that name what stops a lead, and take the name off again (7.1)."""

from datetime import datetime, time

from django import forms

from accounts.models import User
from recruitment.forms.fields import LineField, day_field
from recruitment.forms.lead_form import LeadForm
from recruitment.models import Blocker
from recruitment.queries.lead_page import open_blockers
from recruitment.rules.vocabulary import BlockerCategory, Party
from recruitment.services.blockers import open_blocker, resolve_blocker
from trialsnest.lib.zones import instant_of


class BlockerOpenForm(LeadForm):
    """Name what stops the lead, and whom it waits on (7.1)."""

    key, title, url_name = "block", "Name a blocker", "lead_blocker_open"
    save_label, done = "Open blocker", "Blocker opened."

    category = forms.ChoiceField(
        label="What stops it", choices=[("", "Choose"), *BlockerCategory.choices]
    )
    waiting_on = forms.ChoiceField(
        label="Waits on", required=False, choices=[("", "The usual party"), *Party.choices]
    )
    review_by = day_field("Look at it again on", required=False)
    detail = LineField(label="Detail", max_length=200, required=False)

    def run(self, *, by: User, at: datetime) -> None:
        """Open the blocker; the review date is nine o'clock on the site's clock."""
        data = self.cleaned_data
        day = data["review_by"]
        open_blocker(
            lead=self.lead,
            category=BlockerCategory(data["category"]),
            waiting_on=Party(data["waiting_on"]) if data["waiting_on"] else None,
            review_by=instant_of(day, time(9), self.zone) if day else None,
            detail=data["detail"],
            by=by,
            at=at,
            seen=self.seen_version,
        )


class BlockerResolveForm(LeadForm):
    """Take a blocker off."""

    key, title, url_name = "unblock", "Resolve a blocker", "lead_blocker_resolve"
    save_label, done = "Resolve blocker", "Blocker resolved."

    blocker = forms.ChoiceField(
        label="Blocker", error_messages={"invalid_choice": "This blocker was resolved already."}
    )

    def prepare(self) -> None:
        """Offer the open blockers of this lead."""
        rows = self.page.blockers if self.page else open_blockers(self.lead)
        self.blockers = {str(row.pk): row for row in rows}
        self.choices(
            "blocker",
            [(key, BlockerCategory(row.category).label) for key, row in self.blockers.items()],
        )

    def run(self, *, by: User, at: datetime) -> None:
        """Resolve it."""
        blocker: Blocker = self.blockers[self.cleaned_data["blocker"]]
        resolve_blocker(blocker=blocker, by=by, at=at, seen=self.seen_version)

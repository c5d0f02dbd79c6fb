"""Forms about a blocker of a study at a site: open, resolve, re-date, link more leads (B2)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

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
from recruitment.forms.fields import LineField, day_field, field_of
from recruitment.forms.setup.base import PartedForm
from recruitment.models import Lead, StudyBlocker, StudySite
from recruitment.queries.blockers import linkable
from recruitment.queries.stage_labels import label_of
from recruitment.rules.blocking import MAX_REVIEW_AHEAD
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import OPEN, Stage
from recruitment.rules.vocabulary import BlockerCategory, Party
from recruitment.services.blockers import MAX_WORDS
from recruitment.services.calendars import calendar_of
from recruitment.services.halting import halt_everywhere
from recruitment.services.study_blockers import (
    Linked,
    link_leads,
    open_study_blocker,
    redate_study_blocker,
    resolve_study_blocker,
)

OPEN_STAGES = [stage for stage in Stage if stage in OPEN]
HERE, EVERYWHERE = "here", "everywhere"
MORE_THAN_ONE = 2  # sites, for a choice of where
MOST_LINKED = 500  # leads that one form links


class StudyBlockerOpenForm(PartedForm, forms.Form):
    """Name what stops a study at a site, and which of its open leads it stops."""

    parts = [
        ("", ["category", ("waiting_on", "owner"), "review_by", "decision_from", "detail"]),
        ("Which leads", ["stages"]),
    ]

    category = category_field()
    waiting_on = party_field()
    owner = OwnerField(empty_label="I do")
    review_by = review_field()
    decision_from = decision_field()
    detail = LineField(label="What exactly", max_length=MAX_WORDS, required=False)
    stages = forms.MultipleChoiceField(
        label="Only open leads in these stages",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None ticked: every open lead of the study here.",
    )

    def __init__(self, *args: Any, study_site: StudySite, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.study_site = study_site
        self.zone: str = study_site.site.time_zone
        owner = field_of(self, "owner", OwnerField)
        owner.offer(study_site.pk)
        stages = field_of(self, "stages", forms.MultipleChoiceField)
        stages.choices = [(stage, label_of(study_site.study, stage)) for stage in OPEN_STAGES]
        calendar = calendar_of(study_site.site)
        usual = BlockerCategory.VISIT_CAPACITY
        self.initial["review_by"] = proposed_day(usual, at=at, calendar=calendar)

    def run(self, *, by: User, at: datetime) -> Linked:
        """Open it and link the leads. Raises InvalidInput."""
        data = self.cleaned_data
        leads = None
        if data["stages"]:
            leads = list(Lead.objects.filter(study_site=self.study_site, stage__in=data["stages"]))
        return open_study_blocker(
            study_site=self.study_site,
            category=BlockerCategory(data["category"]),
            waiting_on=Party(data["waiting_on"]) if data["waiting_on"] else None,
            review_by=review_instant(data["review_by"], self.zone),
            owner=data["owner"],
            decision_from=data["decision_from"],
            detail=data["detail"],
            leads=leads,
            by=by,
            at=at,
        )


class HaltForm(PartedForm, forms.Form):
    """Halt a study: why, when to look again, and where (D32)."""

    parts = [("", ["why", "review_on", "where"])]

    why = words_field("Why", "Say why the study is halted.")
    review_on = day_field(
        "Remind me on",
        help_text=f"At most {MAX_REVIEW_AHEAD} working days ahead. It only reminds: the halt goes "
        "on until somebody ends it.",
    )
    where = forms.ChoiceField(label="Where", widget=forms.RadioSelect, initial=HERE)

    def __init__(
        self,
        *args: Any,
        study_site: StudySite,
        places: Sequence[StudySite],
        at: datetime,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.study_site, self.places = study_site, places
        calendar = calendar_of(study_site.site)
        usual = BlockerCategory.STUDY_PAUSED
        self.initial["review_on"] = proposed_day(usual, at=at, calendar=calendar)
        names = ", ".join(place.site.name for place in places)
        field = field_of(self, "where", forms.ChoiceField)
        field.choices = [
            (HERE, f"{study_site.site.name} only"),
            (EVERYWHERE, f"All sites that I lead: {names}"),
        ]
        if len(places) < MORE_THAN_ONE:
            del self.fields["where"]

    def run(self, *, by: User, at: datetime) -> None:
        """Halt. Raises InvalidInput."""
        data = self.cleaned_data
        everywhere = data.get("where") == EVERYWHERE
        halt_everywhere(
            study_sites=self.places if everywhere else [self.study_site],
            why=data["why"],
            review_on=data["review_on"],
            by=by,
            at=at,
        )


class HaltEndForm(PartedForm, forms.Form):
    """End a halt, with words on how."""

    parts = [("", ["resolution"])]

    resolution = words_field("How it ended", "Say how the halt ended.")


class StudyBlockerForm(forms.Form):
    """A form about one blocker of a study at a site; `run` answers with a sentence."""

    title = save_label = url_name = ""

    def __init__(self, *args: Any, blocker: StudyBlocker, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = f"{self.url_name}-%s"  # several of these stand on one page
        self.blocker = blocker
        self.zone: str = blocker.study_site.site.time_zone
        self.prepare()

    def prepare(self) -> None:
        """Set choices that depend on the blocker."""

    def run(self, *, by: User, at: datetime) -> tuple[str, Sequence[str]]:
        """Call the service: what was done, and what was left out. Raises InvalidInput."""
        raise NotImplementedError


class StudyBlockerResolveForm(StudyBlockerForm):
    """Resolve it once, for every lead that it stops."""

    title, save_label = "Resolve", "Resolve for all leads"
    url_name = "study_blocker_resolve"

    resolution = words_field("How it was resolved", "Say how it was resolved.")

    def run(self, *, by: User, at: datetime) -> tuple[str, Sequence[str]]:
        """Free the leads."""
        words = self.cleaned_data["resolution"]
        freed = resolve_study_blocker(blocker=self.blocker, resolution=words, by=by, at=at)
        return f"Resolved. Leads freed: {freed}.", ()


class StudyBlockerRedateForm(StudyBlockerForm):
    """Look at it again at another time."""

    title, save_label = "Re-date the review", "Re-date"
    url_name = "study_blocker_redate"

    review_by = review_field(required=True)
    reason = words_field("Why", "Say why the review is re-dated.")

    def run(self, *, by: User, at: datetime) -> tuple[str, Sequence[str]]:
        """Re-date it for every lead that it stops."""
        review_by = review_instant(self.cleaned_data["review_by"], self.zone)
        if review_by is None:
            raise InvalidInput("Choose the day on which to look again.", field="review_by")
        redate_study_blocker(
            blocker=self.blocker,
            review_by=review_by,
            reason=self.cleaned_data["reason"],
            by=by,
            at=at,
        )
        return "The review is re-dated.", ()


class StudyBlockerLinkForm(StudyBlockerForm):
    """Link leads that came in later. Their numbers stand here, no names (B4)."""

    title, save_label = "Link more leads", "Link leads"
    url_name = "study_blocker_link"

    leads = forms.MultipleChoiceField(
        label="Open leads it does not stop yet",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Tick the leads that it stops.",
            "invalid_choice": "One of these leads is closed or blocked by now.",
        },
    )

    def prepare(self) -> None:
        """Offer the open leads that could be linked."""
        self.rows = {lead.number: lead for lead in linkable(self.blocker)[:MOST_LINKED]}
        field = field_of(self, "leads", forms.MultipleChoiceField)
        study = self.blocker.study_site.study
        field.choices = [
            (number, f"{number}, {label_of(study, lead.stage)}")
            for number, lead in self.rows.items()
        ]

    def run(self, *, by: User, at: datetime) -> tuple[str, Sequence[str]]:
        """Link those that were ticked."""
        chosen = [self.rows[number] for number in self.cleaned_data["leads"]]
        return linked_words(link_leads(blocker=self.blocker, leads=chosen, by=by, at=at))


SHOWN = 20  # leads left out that are named in one message


def linked_words(linked: Linked) -> tuple[str, Sequence[str]]:
    """What linking did, in words: how many it stops, and each lead that was left out and why."""
    left = [f"{lead.number}: {lead.why}" for lead in linked.left_out[:SHOWN]]
    if len(linked.left_out) > SHOWN:
        left.append(f"And {len(linked.left_out) - SHOWN} more.")
    return f"Leads linked: {len(linked.linked)}.", left

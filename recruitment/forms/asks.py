"""Raising an ask, from the list of asks or from an item of the weekly review (AS1, AS3)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django import forms

from accounts.models import User
from recruitment.forms.confirming import ConfirmsWords
from recruitment.forms.fields import BlockField, LineField, day_field, field_of
from recruitment.forms.setup.base import PartedForm
from recruitment.models import AgendaItem, StudySite
from recruitment.queries.asks import stopped_counts, stopped_leads
from recruitment.queries.workers import members_of
from recruitment.rules.asks.checks import MAX_QUESTION, MAX_WHY, Question
from recruitment.rules.asks.codes import (
    KIND_OF_BLOCKER,
    KIND_OF_ITEM,
    NOT_ASKED,
    AskDirection,
    AskKind,
    AskParty,
)
from recruitment.rules.asks.options import (
    FEWEST_OPTIONS,
    LONGEST_OPTIONS,
    MAX_OPTION,
    MOST_OPTIONS,
    options_of,
)
from recruitment.rules.vocabulary import BlockerCategory
from recruitment.rules.weekly.codes import ItemKind
from recruitment.services.asks import Raised, raise_ask
from recruitment.services.weekly_items import MAY_OWN
from trialsnest.lib.words import counted

FOR_SPONSORS = "Sponsors read this: no names, no dates of birth, no lead numbers."


def wide() -> forms.Textarea:
    """Room for a sentence or two."""
    return forms.Textarea(attrs={"rows": 3})


class AskForm(PartedForm, ConfirmsWords):
    """A question between the site and the sponsor, with who sees to it and when it is due."""

    parts = [
        ("", ["direction", ("kind", "party"), "question", "why", "options", "is_no_hit"]),
        ("Which leads wait for the answer", ["category", "leads"]),
        ("Who sees to it", [("owner", "needed_by")]),
    ]

    draft_said, draft_back = "", False

    direction = forms.ChoiceField(
        label="Who asks",
        choices=AskDirection.choices,
        widget=forms.RadioSelect(attrs={"class": "options--row"}),
        error_messages={"required": "Choose who asks."},
    )
    kind = forms.ChoiceField(
        label="What it is about",
        choices=[("", "Choose"), *AskKind.choices],
        error_messages={"required": "Choose what it is about."},
    )
    party = forms.ChoiceField(label="With whom", choices=AskParty.choices)
    question = LineField(
        label="The question",
        max_length=MAX_QUESTION,
        widget=wide(),
        help_text=FOR_SPONSORS,
        error_messages={"required": "Write the question."},
    )
    why = LineField(
        label="Why it matters",
        max_length=MAX_WHY,
        required=False,
        widget=wide(),
        help_text="For the sponsor too.",
    )
    options = BlockField(
        label="Options the sponsor has",
        max_length=LONGEST_OPTIONS,
        widget=wide(),
        required=False,
        help_text=(
            f"{FEWEST_OPTIONS} to {MOST_OPTIONS}, one a line, each up to {MAX_OPTION} characters."
            " The report prints them, and the answer may name one."
        ),
    )
    category = forms.ChoiceField(
        label="Blocker that an answer takes off",
        required=False,
        help_text="Its leads wait for the answer, and are freed when you settle it.",
    )
    leads = forms.MultipleChoiceField(
        label="Leads of this item", required=False, widget=forms.CheckboxSelectMultiple
    )
    owner = forms.ChoiceField(
        label="Owner here", error_messages={"required": "Choose who sees to it."}
    )
    needed_by = day_field(
        "Answer needed by", required=False, help_text="Left empty: by the target of the study."
    )

    def __init__(
        self,
        *args: Any,
        study_site: StudySite,
        by: User,
        item: AgendaItem | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.study_site, self.item = study_site, item
        people = [who.user for who in members_of(study_site.pk) if who.perms & MAY_OWN]
        owners = [("", "Choose"), *((str(one.pk), one.name) for one in people)]
        field_of(self, "owner", forms.ChoiceField).choices = owners
        category = _category_of(item)
        _offer_categories(field_of(self, "category", forms.ChoiceField), study_site)
        self._offer_leads(category)
        proposed: dict[str, Any] = {
            "direction": AskDirection.TO_SPONSOR,
            "kind": _kind_of(item, category),
            "party": AskParty.SPONSOR,
            "category": category,
            "owner": str(by.pk) if by in people else "",
        }
        self.initial.update(proposed)

    def _offer_leads(self, category: str) -> None:
        """The leads of the item that its blocker still stops, all ticked; no others."""
        listed = set(self.item.leads.values_list("lead", flat=True)) if self.item else set()
        rows = stopped_leads(self.study_site.pk, category) if listed and category else []
        choices = [(str(key), number) for key, number in rows if key in listed]
        field_of(self, "leads", forms.MultipleChoiceField).choices = choices
        self.initial["leads"] = [key for key, _ in choices]
        self.proposed = category
        if not choices:
            del self.fields["leads"]

    def run(self, *, by: User, at: datetime) -> Raised:
        """Raise it. Raises InvalidInput, Refusal."""
        data = self.cleaned_data
        category = data["category"]
        chosen: Collection[int] | None = None
        if "leads" in self.fields and category == self.proposed:
            chosen = [int(key) for key in data["leads"]]
        return raise_ask(
            study_site=self.study_site,
            asked=Question(
                direction=AskDirection(data["direction"]),
                kind=AskKind(data["kind"]),
                party=AskParty(data["party"]),
                question=data["question"],
                why=data["why"],
                category=BlockerCategory(category) if category else None,
                options=options_of(data["options"]),
            ),
            owner=User.objects.get(pk=int(data["owner"])),
            needed_by=data["needed_by"],
            leads=chosen,
            item=self.item,
            confirmed=self.confirmed,
            by=by,
            at=at,
        )


def _offer_categories(field: forms.ChoiceField, place: StudySite) -> None:
    counts = stopped_counts(place.pk)
    named = [(each, counts.get(each, 0)) for each in BlockerCategory if each not in NOT_ASKED]
    named.sort(key=lambda pair: not pair[1])  # those that stop somebody first
    field.choices = [
        ("", "None: no lead waits for it"),
        *(
            (each.value, f"{each.label}: {counted(number, 'lead')}" if number else str(each.label))
            for each, number in named
        ),
    ]


def _category_of(item: AgendaItem | None) -> str:
    """The blocker that an item of the review is about."""
    if item is None:
        return ""
    about = item.carried or item
    if about.kind == ItemKind.REPEATED_BLOCKER and about.code not in NOT_ASKED:
        return str(about.code)
    return BlockerCategory.VISIT_CAPACITY.value if about.kind == ItemKind.READY_NO_SLOT else ""


def _kind_of(item: AgendaItem | None, category: str) -> str:
    if item is None:
        return ""
    about = ItemKind((item.carried or item).kind)
    if category:
        return KIND_OF_BLOCKER.get(BlockerCategory(category), KIND_OF_ITEM.get(about, ""))
    return KIND_OF_ITEM.get(about, "")

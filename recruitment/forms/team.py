"""Forms of the team's pages: many leads to somebody else, and leave with who covers (O5, O7)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms

from accounts.models import User
from recruitment.forms.fields import day_field, field_of
from recruitment.forms.ownership import UNOWNED, PersonField, person_field, reason_field
from recruitment.models import Lead, Leave, StudySite
from recruitment.queries.out_today import Proposal
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.services.leave import record_leave, shorten_leave
from recruitment.services.out_today import OutToday, out_today
from recruitment.services.reassigning import Reassigned, reassign_leads
from trialsnest.lib.words import counted, zone_words
from trialsnest.lib.zones import local_time, start_of

DAY = timedelta(days=1)


class PlainForm(forms.Form):
    """A form whose refusals go to the field they are about."""

    def refuse(self, refusal: Refusal) -> None:
        """Put the sentence at the field it is about, or over the form."""
        field = refusal.field if isinstance(refusal, InvalidInput) else None
        self.add_error(field if field in self.fields else None, str(refusal))


class ReassignForm(PlainForm):
    """Several leads of one person, to somebody else, with one reason."""

    leads = forms.MultipleChoiceField(
        label="Leads",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose at least one lead.",
            "invalid_choice": "One of these leads has another owner by now. Look again.",
        },
    )
    to = person_field("New owner")
    reason = reason_field()

    def __init__(self, *args: Any, leads: Sequence[Lead], people: list[User], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.by_key = {str(lead.pk): lead for lead in leads}
        field = field_of(self, "leads", forms.MultipleChoiceField)
        field.choices = [(key, lead.number) for key, lead in self.by_key.items()]
        field_of(self, "to", PersonField).offer(people)

    @property
    def ticked(self) -> set[str]:
        """The keys of the leads that are ticked."""
        return set(self["leads"].value() or [])

    def run(self, *, by: User, at: datetime) -> tuple[Reassigned, User | None]:
        """Reassign, and to whom. Raises Refusal."""
        person = field_of(self, "to", PersonField).chosen(self.cleaned_data["to"])
        chosen = [self.by_key[key] for key in self.cleaned_data["leads"]]
        reason = self.cleaned_data["reason"]
        return reassign_leads(leads=chosen, to=person, reason=reason, by=by, at=at), person


class CoverForm(PlainForm):
    """Who covers each study at a site while somebody is away.

    `elsewhere` are studies at sites where whoever fills it in may choose nobody: leads there go to
    Unowned, and their site lead is told.
    """

    def __init__(
        self,
        *args: Any,
        user: User,
        places: Sequence[StudySite],
        elsewhere: Sequence[StudySite] = (),
        people: Mapping[int, list[User]],
        owned: Mapping[int, int],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.places, self.elsewhere = user, places, elsewhere
        self.zone: str = places[0].site.time_zone
        for place in places:
            n = owned.get(place.pk, 0)
            field = PersonField(
                label=f"{place}: who covers",
                required=bool(n),
                help_text=f"{counted(n, 'open lead')} there." if n else "No open lead there now.",
                error_messages={
                    "required": "Choose who covers, or Unowned.",
                    "invalid_choice": "That person does not work there.",
                },
            )
            field.offer([person for person in people.get(place.pk, []) if person != user])
            self.fields[self.name_of(place)] = field

    @staticmethod
    def name_of(place: StudySite) -> str:
        """The field of one study at a site."""
        return f"cover_{place.pk}"

    def covers(self) -> dict[StudySite, User | None]:
        """Who covers what was answered; elsewhere nobody does."""
        found: dict[StudySite, User | None] = dict.fromkeys(self.elsewhere)
        for place in self.places:
            field = field_of(self, self.name_of(place), PersonField)
            said = self.cleaned_data[self.name_of(place)]
            if said:
                found[place] = None if said == UNOWNED else field.chosen(said)
        return found


class LeaveForm(CoverForm):
    """When somebody is away, and who covers; days on the site's clock."""

    first_on = day_field("First day away")
    last_on = day_field("Last day away")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first_on"].help_text = f"{zone_words(self.zone)}. From 00:00 that day."
        self.fields["last_on"].help_text = "Until 24:00 that day."

    def run(self, *, by: User, at: datetime) -> Leave:
        """Record it. Raises Refusal."""
        data = self.cleaned_data
        return record_leave(
            user=self.user,
            starts_at=start_of(data["first_on"], self.zone),
            ends_at=start_of(data["last_on"] + DAY, self.zone),
            covers=self.covers(),
            by=by,
            at=at,
        )


class OutTodayForm(CoverForm):
    """Who covers for somebody who is out today; the cover is proposed with its reason."""

    def __init__(self, *args: Any, proposals: Mapping[int, Proposal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place in self.places:
            found = proposals[place.pk]
            name = self.name_of(place)
            self.initial[name] = found.user.pk if found.user else UNOWNED
            self.fields[name].label = "Who covers"
            self.fields[name].help_text = f"Proposed. {found.reason}"

    def run(self, *, by: User, at: datetime) -> OutToday:
        """Record the leave until the end of today and move what is at risk. Raises Refusal."""
        today = local_time(at, self.zone).date()
        return out_today(
            user=self.user,
            covers=self.covers(),
            ends_at=start_of(today + DAY, self.zone),
            by=by,
            at=at,
        )


class ShortenForm(PlainForm):
    """An earlier last day for a leave."""

    last_on = day_field("Last day away")

    def __init__(self, *args: Any, leave: Leave, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["last_on"] = local_time(leave.last_moment, zone).date()
        self.leave, self.zone = leave, zone
        self.fields["last_on"].help_text = f"{zone_words(zone)}. Choose an earlier day."

    def run(self, *, by: User, at: datetime) -> None:
        """Shorten it. Raises Refusal."""
        ends_at = start_of(self.cleaned_data["last_on"] + DAY, self.zone)
        shorten_leave(leave=self.leave, ends_at=ends_at, by=by, at=at)

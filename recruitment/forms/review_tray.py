"""The study team's decision as its tray asks for it: who decided is always named (S7, LC7)."""

from accounts.models import User
from recruitment.forms.fields import field_of
from recruitment.forms.lead_review import ReviewDecideForm
from recruitment.forms.staff_field import StaffField


class TrayDecideForm(ReviewDecideForm):
    """The decision on one review; `name_reader` proposes whoever signed in, if she decides."""

    def prepare(self) -> None:
        """As on the lead's page; here nobody records a decision without its decider."""
        super().prepare()
        field = field_of(self, "decided_by", StaffField)
        field.required = True
        field.error_messages["required"] = "Name who on the study team decided."

    def name_reader(self, reader: User) -> None:
        """Name a member of the study team who signed in as who decided; she may change it."""
        staff = field_of(self, "decided_by", StaffField).staff
        own = (key for key, row in staff.items() if row.user_id == reader.pk)
        self.initial["decided_by"] = next(own, "")

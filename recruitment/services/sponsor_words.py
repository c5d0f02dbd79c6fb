"""Words of a study's settings that sponsors read name no person (D38)."""

from accounts.models import User
from recruitment.models import StudyStaff
from recruitment.rules.sponsor_text import check_names_no_person


def check_no_names(text: str, *, field: str) -> None:
    """Refuse the name of whoever signs in or is on a study's staff. Two statements.

    Raises InvalidInput naming the field.
    """
    staff = StudyStaff.objects.values_list("name", flat=True).distinct()
    known = [*User.objects.values_list("name", flat=True), *staff]
    check_names_no_person(text, known, field=field)

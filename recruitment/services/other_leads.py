"""What is done on one lead of a person and holds for her other leads too (DN3, D30; PR3)."""

from contextlib import AbstractContextManager

from recruitment.models import Lead
from recruitment.services.log import Change, change
from recruitment.services.ownership import works


def change_beside(work: Change, other: Lead) -> AbstractContextManager[Change]:
    """A change of another lead of the person of `work`, at the same time. Raises as `change`.

    It is the same action by the same user where she works there herself. Elsewhere nobody is named
    (`by` is None): her name would tell that study in which other one the person is.
    """
    is_hers = work.by is not None and works(work.by, other)
    return change(
        other,
        by=work.by if is_hers else None,
        at=work.at,
        seen=None,
        action_id=work.action_id if is_hers else None,
    )

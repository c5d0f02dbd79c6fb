"""What holds while a study is halted at a site: nobody reaches out, and intake is held (D32, RT4).

Which halt stands is asked anew each time, and not read off the lead: it holds from the press on,
also for a lead that is not linked to it yet.
"""

from recruitment.models import StudyBlocker, Visit
from recruitment.models.halts import PAUSED, halted_words, standing_halt
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import CLOSED
from recruitment.services.log import Change
from recruitment.services.study_blockers import link


def check_may_reach_out(work: Change, *, field: str) -> None:
    """Refuse to reach out to a person whose study is halted, naming who halted it and when.

    A call about a booked visit may be made and logged, also after that visit was canceled or held
    since the halt began: the halt itself asks for it (D32). One statement, two while halted.
    """
    halt = standing_halt(work.lead.study_site)
    if halt is None or work.state.visit_at is not None:
        return
    if Visit.objects.filter(lead=work.lead, ended_at__gte=halt.opened_at).exists():
        return
    raise InvalidInput(
        f"{halted_words(halt)} Nobody reaches out until a site lead ends the halt. What the "
        "person does, and calls about a booked visit, can be recorded.",
        field=field,
    )


def check_not_halted(work: Change, *, what: str, field: str) -> None:
    """Refuse `what` ("No visit is booked") while the study is halted. One statement."""
    halt = standing_halt(work.lead.study_site)
    if halt is not None:
        raise InvalidInput(f"{halted_words(halt)} {what} until a site lead ends it.", field=field)


def hold_if_halted(work: Change) -> StudyBlocker | None:
    """Link the lead of an open change to the halt that stands; the halt, or None. May run twice.

    The software links: nobody worked on the lead, and nothing moved. Three statements at most.
    """
    halt = standing_halt(work.lead.study_site)
    linked = any(row.category == PAUSED for row in work.state.blockers)
    if halt is None or linked or work.state.stage in CLOSED:
        return halt
    by, work.by = work.by, None
    link(work, halt)
    work.by = by
    return halt

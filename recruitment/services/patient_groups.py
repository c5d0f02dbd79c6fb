"""Writing down what was changed after patient groups spoke, and that an entry was wrong (16)."""

from datetime import date, datetime

from django.db import models, transaction

from accounts.models import User
from recruitment.models import PatientGroupChange, StudySite
from recruitment.rules.patient_groups import (
    MAX_CHANGE,
    ChangeTarget,
    InputTopic,
    check_made_on,
)
from recruitment.rules.refusals import Refusal
from recruitment.rules.texts import line_of
from recruitment.services.sponsor_words import Confirmation, check_free_words
from recruitment.services.verbs import verb
from trialsnest.lib.zones import local_time


@verb
@transaction.atomic
def record_patient_change(
    *,
    study_site: StudySite,
    topic: InputTopic,
    target: ChangeTarget,
    words: str,
    on: date,
    by: User,
    at: datetime,
    confirmed: str = "",
) -> PatientGroupChange:
    """Write down that `target` was changed on the site's day `on`, after a group spoke of `topic`.

    `words` say for sponsors what was changed; `confirmed` are the tokens of findings in them that
    are none (F6). `at` is UTC. The same change that stands already is given back, so it may run
    twice. Raises InvalidInput naming the field, also for words that tell of a person.
    """
    said = line_of(words, most=MAX_CHANGE, field="words", missing="Say what was changed.")
    check_made_on(on, today=local_time(at, study_site.site.time_zone).date())
    StudySite.objects.select_for_update(of=("self",), no_key=True).get(pk=study_site.pk)
    values = {"topic": topic, "target": target, "words": said, "on": on}
    known = standing_changes(study_site).filter(**values).first()
    if known is not None:
        return known
    made = PatientGroupChange.objects.create(
        study_site=study_site, recorded_at=at, recorded_by=by, **values
    )
    about = Confirmation(confirmed, f"patient-group change {made.pk}", by, at)
    check_free_words(said, site=study_site.site, field="words", confirmed=about)
    return made


def standing_changes(study_site: StudySite) -> models.QuerySet[PatientGroupChange]:
    """The changes there that were not taken back, in the order in which they were written down."""
    rows = PatientGroupChange.objects.filter(study_site=study_site, voids__isnull=True)
    return rows.filter(voided_by__isnull=True)


@verb
@transaction.atomic
def void_patient_change(*, change: PatientGroupChange, by: User, at: datetime) -> None:
    """Say that this entry was wrong; it stays on record. `at` is UTC. May run twice."""
    locked = PatientGroupChange.objects.select_for_update().get(pk=change.pk)
    if locked.voids_id is not None:
        raise Refusal("Only a change can be taken back.")
    if not PatientGroupChange.objects.filter(voids=locked).exists():
        PatientGroupChange.objects.create(
            study_site_id=locked.study_site_id, voids=locked, recorded_at=at, recorded_by=by
        )

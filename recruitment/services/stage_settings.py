"""A study's own words and rest days for its stages: set as the next version (LB1-LB5, D13)."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from accounts.models import User
from recruitment.models import Lead, StageSetting, Study
from recruitment.models.stage_settings import read_stage_words
from recruitment.rules.identity import clean_line
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stage_words import SHORT, SameAction, StageWords, check_words, same_action
from recruitment.rules.stages import Stage
from recruitment.services.cadences import read_cadence
from recruitment.services.calendars import read_rest_days
from recruitment.services.log import check_times
from recruitment.services.projected import project_deadlines
from recruitment.services.settings import SettingMoved, lock, raise_version
from recruitment.services.sponsor_words import check_no_names
from trialsnest.lib import words


@transaction.atomic
def set_stage_words(
    *, study: Study, said: StageWords, by: User, at: datetime, seen: int, confirmed: bool = False
) -> bool:
    """Set what `study` says about one stage from `at` (UTC) on; whether anything changed.

    An empty short label is the label. `seen` is the version that the page showed, 0 for the usual
    words. Raises SettingMoved naming who was first; SameAction for an action text that another
    visible stage has, unless `confirmed` (LB2); InvalidInput naming the field, and the number of
    leads where the stage to be hidden holds some (LB4). May run twice. New rest days count at once
    for the open leads of the stage.
    """
    check_times(occurred_at=at, at=at, received_at=None)
    locked = lock(study)
    newest = StageSetting.objects.newest(study.pk).filter(code=said.stage).first()
    _check_seen(newest, seen, zone=by.time_zone)
    known = read_stage_words(study.pk)
    said = _cleaned(said)
    check_words(said, [other for stage, other in known.items() if stage != said.stage])
    before = known[said.stage]
    if said == before:
        return False
    _check_names(said)
    if not confirmed:
        _check_action({**known, said.stage: said}, said.stage)
    if said.is_hidden and not before.is_hidden:
        _check_empty(study, said)
    version = (newest.version if newest else 0) + 1
    _add(study, said, version, by=by, at=at)
    raise_version(locked)
    study.settings_version = locked.settings_version
    if said.rest_days != before.rest_days:
        project_deadlines(
            locked,
            said.stage,
            rest_days=read_rest_days(study.pk),
            call_back=read_cadence(study.pk).call_back_window,
        )
    return True


def _add(study: Study, said: StageWords, version: int, *, by: User, at: datetime) -> None:
    StageSetting.objects.create(
        study=study,
        code=said.stage,
        version=version,
        label=said.label,
        short_label="" if said.short_label == said.label else said.short_label,
        help_text=said.help_text,
        action_text=said.action_text,
        is_hidden=said.is_hidden,
        rest_days=said.rest_days,
        set_at=at,
        set_by=by,
    )


def _cleaned(said: StageWords) -> StageWords:
    """Each text on one line; a short label that is not given is the label."""
    label, short = clean_line(said.label), clean_line(said.short_label)
    if not short and len(label) > SHORT:
        raise InvalidInput(
            f"Write a short label of at most {SHORT} characters: the label is longer.",
            field="short_label",
        )
    return replace(
        said,
        label=label,
        short_label=short or label,
        help_text=clean_line(said.help_text),
        action_text=clean_line(said.action_text),
    )


def _check_seen(newest: StageSetting | None, seen: int, *, zone: str) -> None:
    version = newest.version if newest else 0
    if seen > version or seen < 0:
        raise InvalidInput("The page is incomplete; load it again.", field="seen")
    if newest is not None and version > seen:
        who = newest.set_by.name if newest.set_by else "The system"
        when = words.moment(words.local(newest.set_at, zone))
        raise SettingMoved(
            f"{who} changed this stage on {when}, after you opened it. Nothing is saved yet. "
            "What you typed is kept: save again if it still holds."
        )


def _check_names(said: StageWords) -> None:
    """Sponsors read the labels, so they name no person (D38)."""
    for field in ("label", "short_label"):
        check_no_names(getattr(said, field), field=field)


def _check_action(known: dict[Stage, StageWords], stage: Stage) -> None:
    """LB2: a stage that asks for what another one asks for may not be a stage of its own."""
    for pair in same_action(known.values()):
        if stage in pair:
            other = pair[0] if pair[1] == stage else pair[1]
            raise SameAction(
                f"Does this change an action? “{known[other].label}” asks staff for the same."
            )


def _check_empty(study: Study, said: StageWords) -> None:
    held = Lead.objects.filter(study_site__study=study, stage=said.stage).count()
    if held:
        stand = "stands" if held == 1 else "stand"
        raise InvalidInput(
            f"{words.counted(held, 'lead')} {stand} in {said.label}. Move them on first; then the"
            " stage can be hidden.",
            field="is_hidden",
        )

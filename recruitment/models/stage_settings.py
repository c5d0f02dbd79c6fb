"""A study's own words and rest days for the fixed stages, remembered (LB1, LB5, D13)."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Self

from django.db import models
from django.db.models import Q

from accounts.models import User
from recruitment.models.studies import Study
from recruitment.rules.stage_words import (
    HIDEABLE,
    MOST_REST_DAYS,
    SHORT,
    StageWords,
    words_of,
)
from recruitment.rules.stages import Stage
from trialsnest.lib.field_classes import operational, sensitive, sponsor_text


class StageSettingQuerySet(models.QuerySet["StageSetting"]):
    """Settings of stages; chains."""

    def newest(self, study_id: int) -> Self:
        """The settings of one study that count: the highest version of each stage (LB5)."""
        return self.filter(study_id=study_id).order_by("code", "-version").distinct("code")


class StageSetting(models.Model):
    """A study's own words and rest days for one stage code; versioned (LB1, LB5, D13).

    A change adds the next version; no row is ever changed. An empty short label is the label.
    """

    study = operational(models.ForeignKey(Study, models.CASCADE, related_name="stage_settings"))
    code = operational(models.CharField(max_length=24, choices=Stage))
    version = operational(models.PositiveIntegerField())
    label = sponsor_text(models.CharField(max_length=40))
    short_label = sponsor_text(models.CharField(max_length=SHORT, blank=True, default=""))
    help_text = sensitive(models.CharField(max_length=300, blank=True, default=""))
    action_text = sensitive(models.CharField(max_length=300, blank=True, default=""))
    is_hidden = operational(models.BooleanField(default=False))
    rest_days = operational(models.PositiveSmallIntegerField(null=True, blank=True))
    set_at = operational(models.DateTimeField())
    set_by = operational(models.ForeignKey(User, models.PROTECT, null=True, related_name="+"))

    objects = StageSettingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "code", "version"], name="stage_setting_once"),
            models.CheckConstraint(
                condition=Q(code__in=Stage.values), name="stage_setting_code_is_known"
            ),
            models.CheckConstraint(
                condition=Q(is_hidden=False) | Q(code__in=sorted(HIDEABLE)),
                name="stage_setting_hides_what_may_be",
            ),
            models.CheckConstraint(
                condition=Q(is_hidden=True) | ~Q(action_text=""),
                name="stage_setting_shown_has_action",
            ),
            models.CheckConstraint(condition=~Q(label=""), name="stage_setting_has_label"),
            models.CheckConstraint(
                condition=Q(rest_days__isnull=True)
                | Q(rest_days__gte=1, rest_days__lte=MOST_REST_DAYS),
                name="stage_setting_rest_days",
            ),
        ]


def stage_words(study: Study) -> Mapping[Stage, StageWords]:
    """The words of every stage in `study`, its own or the usual ones.

    One statement the first time, then none: the memory is keyed by the study's `settings_version`,
    which every change of its settings raises.
    """
    return _remembered(study.pk, study.settings_version)


def stage_label(study: Study, stage: str) -> str:
    """What `study` calls a stage code; costs what `stage_words` costs."""
    return stage_words(study)[Stage(stage)].label


@lru_cache(maxsize=1024)
def _remembered(study_id: int, version: int) -> Mapping[Stage, StageWords]:
    return read_stage_words(study_id)


def read_stage_words(study_id: int) -> Mapping[Stage, StageWords]:
    """The same as the table has it now, also inside a change; it is not remembered."""
    return {stage: words_of(stage) for stage in Stage} | {
        Stage(row.code): StageWords(
            stage=Stage(row.code),
            label=row.label,
            short_label=row.short_label or row.label[:SHORT],
            help_text=row.help_text,
            action_text=row.action_text,
            is_hidden=row.is_hidden,
            rest_days=row.rest_days,
        )
        for row in StageSetting.objects.newest(study_id)
    }

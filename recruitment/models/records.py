"""Records of a lead, item by item, and a study's usual list of them (7.2, RC1-RC7)."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from recruitment.models.leads import Lead
from recruitment.models.studies import Study, StudyStaff
from recruitment.models.undoing import STANDING, Undoable
from recruitment.rules.vocabulary import RecordsState, RecordsType
from recruitment.rules.work_codes import Authorization, RecordsResult
from trialsnest.lib.field_classes import operational, sensitive
from trialsnest.lib.shield import shielded


class RecordsItem(Undoable):
    """One record that is needed, and how far it is (RC1-RC3). No document is stored."""

    lead = operational(models.ForeignKey(Lead, models.PROTECT, related_name="records_items"))
    type = operational(models.CharField(max_length=20, choices=RecordsType))
    state = operational(models.CharField(max_length=12, choices=RecordsState))
    is_required = operational(models.BooleanField(default=True))
    why = sensitive(shielded(models.CharField(max_length=200, blank=True, default="")))
    authorization = operational(
        models.CharField(max_length=12, choices=Authorization, default=Authorization.NOT_NEEDED)
    )
    authorization_on = operational(models.DateField(null=True, blank=True))
    requested_at = operational(models.DateTimeField(null=True, blank=True))
    requested_by = operational(
        models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    )
    how = sensitive(shielded(models.CharField(max_length=60, blank=True, default="")))
    chases = operational(models.PositiveSmallIntegerField(default=0))
    last_chased_at = operational(models.DateTimeField(null=True, blank=True))
    chase_at = operational(models.DateTimeField(null=True, blank=True))
    received_at = operational(models.DateTimeField(null=True, blank=True))
    reviewed_at = operational(models.DateTimeField(null=True, blank=True))
    reviewed_by = operational(
        models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    )
    result = operational(
        models.CharField(max_length=12, choices=RecordsResult, blank=True, default="")
    )
    reason = sensitive(shielded(models.CharField(max_length=200, blank=True, default="")))
    decided_by = operational(
        models.ForeignKey(StudyStaff, models.PROTECT, null=True, blank=True, related_name="+")
    )
    provider = sensitive(shielded(models.CharField(max_length=120, blank=True, default="")))
    changed_at = operational(models.DateTimeField())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["lead", "type"], condition=STANDING, name="records_item_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=RecordsState.values), name="records_state_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(state=RecordsState.WAIVED) | ~Q(reason=""),
                name="records_waived_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state=RecordsState.UNOBTAINABLE) | ~Q(reason=""),
                name="records_unobtainable_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state=RecordsState.INCOMPLETE) | ~Q(reason=""),
                name="records_incomplete_says_what_is_missing",
            ),
            models.CheckConstraint(
                condition=Q(authorization__in=Authorization.values),
                name="records_authorization_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(authorization=Authorization.SIGNED)
                | Q(authorization_on__isnull=False),
                name="records_signed_has_day",
            ),
            models.CheckConstraint(
                condition=Q(chase_at__isnull=True) | Q(state=RecordsState.REQUESTED),
                name="records_chased_while_requested",
            ),
            models.CheckConstraint(
                condition=Q(chases=0, last_chased_at__isnull=True)
                | Q(chases__gt=0, last_chased_at__isnull=False),
                name="records_chases_have_time",
            ),
            models.CheckConstraint(
                condition=Q(result__in=[*RecordsResult.values, ""]),
                name="records_result_is_known",
            ),
        ]


class RecordsList(models.Model):
    """One version of the records that a study usually needs (RC7); the highest version counts."""

    study = operational(models.ForeignKey(Study, models.CASCADE, related_name="records_lists"))
    version = operational(models.PositiveIntegerField())
    set_at = operational(models.DateTimeField())
    set_by = operational(models.ForeignKey(User, models.PROTECT, null=True, related_name="+"))

    class Meta:
        ordering = ["study", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["study", "version"], name="records_list_once")
        ]


class RecordsListItem(models.Model):
    """One record of the list and the approved words for why it is needed (RC3, RC6)."""

    records_list = operational(models.ForeignKey(RecordsList, models.CASCADE, related_name="items"))
    type = operational(models.CharField(max_length=20, choices=RecordsType))
    is_required = operational(models.BooleanField(default=True))
    why = sensitive(models.CharField(max_length=200, blank=True, default=""))

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["records_list", "type"], name="records_list_type_once"),
            models.CheckConstraint(
                condition=Q(type__in=RecordsType.values), name="records_list_type_is_known"
            ),
        ]

"""Hold blockers to the parties of their category, and to a review where clocks stop (7.1, PZ2)."""

from datetime import timedelta

from django.conf import settings
from django.db import migrations, models
from django.db.models import F

REVIEW_IN = timedelta(days=14)  # ten working days, as long as a clock may stop


def give_reviews(apps, schema_editor):
    """Blockers named before there was a rule are looked at again two weeks after their opening."""
    for name in ("Blocker", "StudyBlocker"):
        rows = apps.get_model("recruitment", name)._base_manager
        rows.filter(review_by__isnull=True).update(review_by=F("opened_at") + REVIEW_IN)


class Migration(migrations.Migration):

    dependencies = [
        ('recruitment', '0007_one_word_for_one_thing'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(give_reviews, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='blocker',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('category', 'missing_records'), ('waiting_on__in', ('records_provider', 'patient'))), models.Q(('category', 'medication_review'), ('waiting_on__in', ('study_team',))), models.Q(('category', 'pending_review'), ('waiting_on__in', ('study_team',))), models.Q(('category', 'patient_availability'), ('waiting_on__in', ('patient',))), models.Q(('category', 'visit_capacity'), ('waiting_on__in', ('visit_capacity', 'sponsor'))), models.Q(('category', 'scheduling_constraint'), ('waiting_on__in', ('coordinator', 'study_team'))), models.Q(('category', 'patient_deciding'), ('waiting_on__in', ('patient',))), models.Q(('category', 'travel'), ('waiting_on__in', ('patient',))), models.Q(('category', 'caregiver'), ('waiting_on__in', ('patient',))), models.Q(('category', 'cost'), ('waiting_on__in', ('patient',))), models.Q(('category', 'time_off'), ('waiting_on__in', ('patient',))), models.Q(('category', 'interpreter'), ('waiting_on__in', ('coordinator',))), models.Q(('category', 'unclear_information'), ('waiting_on__in', ('coordinator', 'sponsor'))), models.Q(('category', 'source_mismatch'), ('waiting_on__in', ('coordinator',))), models.Q(('category', 'criteria_ambiguity'), ('waiting_on__in', ('study_team', 'sponsor'))), models.Q(('category', 'sponsor_decision'), ('waiting_on__in', ('sponsor',))), models.Q(('category', 'consent_to_contact_missing'), ('waiting_on__in', ('patient',))), models.Q(('category', 'study_paused'), ('waiting_on__in', ('sponsor',))), _connector='OR'), name='blocker_party_fits'),
        ),
        migrations.AddConstraint(
            model_name='blocker',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('category', 'missing_records'), ('waiting_on', 'records_provider')), models.Q(('category', 'missing_records'), ('waiting_on', 'patient')), models.Q(('category', 'medication_review'), ('waiting_on', 'study_team')), models.Q(('category', 'pending_review'), ('waiting_on', 'study_team')), models.Q(('category', 'patient_availability'), ('waiting_on', 'patient')), models.Q(('category', 'visit_capacity'), ('waiting_on', 'sponsor')), models.Q(('category', 'patient_deciding'), ('waiting_on', 'patient')), models.Q(('category', 'travel'), ('waiting_on', 'patient')), models.Q(('category', 'caregiver'), ('waiting_on', 'patient')), models.Q(('category', 'cost'), ('waiting_on', 'patient')), models.Q(('category', 'time_off'), ('waiting_on', 'patient')), models.Q(('category', 'criteria_ambiguity'), ('waiting_on', 'study_team')), models.Q(('category', 'criteria_ambiguity'), ('waiting_on', 'sponsor')), models.Q(('category', 'sponsor_decision'), ('waiting_on', 'sponsor')), models.Q(('category', 'consent_to_contact_missing'), ('waiting_on', 'patient')), models.Q(('category', 'study_paused'), ('waiting_on', 'sponsor')), _connector='OR', _negated=True), ('review_by__isnull', False), _connector='OR'), name='blocker_is_looked_at_again'),
        ),
        migrations.AddConstraint(
            model_name='blocker',
            constraint=models.CheckConstraint(condition=models.Q(('decision_from__in', ['', 'coordinator', 'study_team', 'sponsor'])), name='blocker_decider_is_known'),
        ),
        migrations.AddConstraint(
            model_name='studyblocker',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('category', 'missing_records'), ('waiting_on__in', ('records_provider', 'patient'))), models.Q(('category', 'medication_review'), ('waiting_on__in', ('study_team',))), models.Q(('category', 'pending_review'), ('waiting_on__in', ('study_team',))), models.Q(('category', 'patient_availability'), ('waiting_on__in', ('patient',))), models.Q(('category', 'visit_capacity'), ('waiting_on__in', ('visit_capacity', 'sponsor'))), models.Q(('category', 'scheduling_constraint'), ('waiting_on__in', ('coordinator', 'study_team'))), models.Q(('category', 'patient_deciding'), ('waiting_on__in', ('patient',))), models.Q(('category', 'travel'), ('waiting_on__in', ('patient',))), models.Q(('category', 'caregiver'), ('waiting_on__in', ('patient',))), models.Q(('category', 'cost'), ('waiting_on__in', ('patient',))), models.Q(('category', 'time_off'), ('waiting_on__in', ('patient',))), models.Q(('category', 'interpreter'), ('waiting_on__in', ('coordinator',))), models.Q(('category', 'unclear_information'), ('waiting_on__in', ('coordinator', 'sponsor'))), models.Q(('category', 'source_mismatch'), ('waiting_on__in', ('coordinator',))), models.Q(('category', 'criteria_ambiguity'), ('waiting_on__in', ('study_team', 'sponsor'))), models.Q(('category', 'sponsor_decision'), ('waiting_on__in', ('sponsor',))), models.Q(('category', 'consent_to_contact_missing'), ('waiting_on__in', ('patient',))), models.Q(('category', 'study_paused'), ('waiting_on__in', ('sponsor',))), _connector='OR'), name='study_blocker_party_fits'),
        ),
        migrations.AddConstraint(
            model_name='studyblocker',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('category', 'missing_records'), ('waiting_on', 'records_provider')), models.Q(('category', 'missing_records'), ('waiting_on', 'patient')), models.Q(('category', 'medication_review'), ('waiting_on', 'study_team')), models.Q(('category', 'pending_review'), ('waiting_on', 'study_team')), models.Q(('category', 'patient_availability'), ('waiting_on', 'patient')), models.Q(('category', 'visit_capacity'), ('waiting_on', 'sponsor')), models.Q(('category', 'patient_deciding'), ('waiting_on', 'patient')), models.Q(('category', 'travel'), ('waiting_on', 'patient')), models.Q(('category', 'caregiver'), ('waiting_on', 'patient')), models.Q(('category', 'cost'), ('waiting_on', 'patient')), models.Q(('category', 'time_off'), ('waiting_on', 'patient')), models.Q(('category', 'criteria_ambiguity'), ('waiting_on', 'study_team')), models.Q(('category', 'criteria_ambiguity'), ('waiting_on', 'sponsor')), models.Q(('category', 'sponsor_decision'), ('waiting_on', 'sponsor')), models.Q(('category', 'consent_to_contact_missing'), ('waiting_on', 'patient')), models.Q(('category', 'study_paused'), ('waiting_on', 'sponsor')), _connector='OR', _negated=True), ('review_by__isnull', False), _connector='OR'), name='study_blocker_is_looked_at_again'),
        ),
        migrations.AddConstraint(
            model_name='studyblocker',
            constraint=models.CheckConstraint(condition=models.Q(('decision_from__in', ['', 'coordinator', 'study_team', 'sponsor'])), name='study_blocker_decider_is_known'),
        ),
    ]

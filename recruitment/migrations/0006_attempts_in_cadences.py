"""Move the maximum of attempts from the study into its contact cadence (CD3)."""

import datetime

from django.db import migrations, models
from django.utils import timezone

DEFAULT_ATTEMPTS, MOST_ATTEMPTS = 5, 20
STEPS = (
    ("phone", 0, None),
    ("phone", 1, datetime.time(17, 30)),
    ("email", 3, datetime.time(12, 15)),
    ("phone", 6, datetime.time(9, 30)),
    ("phone", 9, datetime.time(12, 15)),
)
"""The default cadence of that day (D27)."""


def keep_own_maximum(apps, schema_editor):
    """Give a study whose maximum was not the usual one a cadence that holds it."""
    study_model = apps.get_model("recruitment", "Study")
    cadence_model = apps.get_model("recruitment", "Cadence")
    step_model = apps.get_model("recruitment", "CadenceStep")
    own = study_model.objects.exclude(max_attempts=DEFAULT_ATTEMPTS).filter(cadences=None)
    for study in own:
        cadence = cadence_model.objects.create(
            study=study,
            version=1,
            max_attempts=min(study.max_attempts, MOST_ATTEMPTS),
            set_at=timezone.now(),
        )
        for position, (channel, days, clock) in enumerate(STEPS[: cadence.max_attempts], start=1):
            step_model.objects.create(
                cadence=cadence,
                position=position,
                channel=channel,
                business_days=days,
                time_of_day=clock,
            )
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    """One migration, so that no maximum is lost between two."""

    dependencies = [
        ("recruitment", "0005_stage_words"),
    ]

    operations = [
        migrations.RunPython(keep_own_maximum, migrations.RunPython.noop),
        migrations.RemoveConstraint(
            model_name="study",
            name="study_max_attempts",
        ),
        migrations.RemoveField(
            model_name="study",
            name="max_attempts",
        ),
        migrations.AlterField(
            model_name="study",
            name="contact_closes",
            field=models.TimeField(default=datetime.time(19, 0)),
        ),
        migrations.AlterField(
            model_name="study",
            name="contact_opens",
            field=models.TimeField(default=datetime.time(9, 0)),
        ),
    ]

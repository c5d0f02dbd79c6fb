from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("recruitment", "0009_records_and_visits"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="studystaff",
            constraint=models.CheckConstraint(
                condition=models.Q(("decides__in", ["study_team", "prescreening"])),
                name="study_staff_decides_is_known",
            ),
        ),
    ]

from datetime import UTC, datetime

from django.db import migrations, models


class Migration(migrations.Migration):
    """What was kept before counts as read before anything was inserted: it is read again."""

    dependencies = [("recruitment", "0035_when_inserted"), ("reporting", "0006_kept_leads")]

    operations = [
        migrations.AddField(
            model_name="keptlog",
            name="seen_until",
            field=models.DateTimeField(default=datetime(1970, 1, 1, tzinfo=UTC)),
            preserve_default=False,
        ),
    ]

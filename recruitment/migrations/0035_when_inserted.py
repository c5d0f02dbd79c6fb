from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations


class Migration(migrations.Migration):
    """Rows lie in the order in which they came, so that an index of a few pages finds new ones."""

    dependencies = [("recruitment", "0034_ask_options")]

    operations = [
        migrations.AddIndex(
            model_name="leadevent",
            index=BrinIndex(
                fields=["inserted_at"], name="lead_event_inserted", autosummarize=True
            ),
        ),
    ]

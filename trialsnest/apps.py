"""The project as an installed app, for its own commands and its start-up checks."""

from importlib import import_module

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate

from trialsnest.lib import kept_plans, prepared


class TrialsNestConfig(AppConfig):
    name = "trialsnest"

    def ready(self) -> None:
        """Make the Celery application, so that pages send to our broker and not to a default.

        Behind migrations, prepared texts are written anew; their plans are kept by each connection.
        """
        import_module("trialsnest.celery")
        post_migrate.connect(prepared.forget)
        connection_created.connect(kept_plans.keep_plans)

"""The project as an installed app, for its own commands and its start-up checks."""

from importlib import import_module

from django.apps import AppConfig


class TrialsNestConfig(AppConfig):
    name = "trialsnest"

    def ready(self) -> None:
        """Make the Celery application, so that pages send to our broker and not to a default."""
        import_module("trialsnest.celery")

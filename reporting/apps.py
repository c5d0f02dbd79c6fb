"""The app of sponsor reports."""

from importlib import import_module

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"

    def ready(self) -> None:
        """Say what the report jobs do, in every process that writes or runs one."""
        import_module("reporting.services.drafts")

"""The app of leads, studies, stages and the queue."""

from importlib import import_module

from django.apps import AppConfig


class RecruitmentConfig(AppConfig):
    name = "recruitment"

    def ready(self) -> None:
        """Say what jobs do and how they reach a worker, in every process."""
        import_module("recruitment.services.alerts")
        import_module("recruitment.services.halting")
        import_module("recruitment.services.invitations")
        import_module("recruitment.services.leave")
        import_module("recruitment.services.messages")
        import_module("recruitment.services.recalculation")
        import_module("recruitment.tasks")

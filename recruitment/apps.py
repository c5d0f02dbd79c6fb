"""The app of leads, studies, stages and the queue."""

from django.apps import AppConfig


class RecruitmentConfig(AppConfig):
    name = "recruitment"

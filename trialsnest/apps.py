"""The project as an installed app, for its own commands and its start-up checks."""

from django.apps import AppConfig


class TrialsNestConfig(AppConfig):
    name = "trialsnest"

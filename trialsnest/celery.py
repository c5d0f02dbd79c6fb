"""The Celery application. What must happen is a row of recruitment.Job; Celery only carries it."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialsnest.settings")
app = Celery("trialsnest")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

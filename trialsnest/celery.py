"""The Celery application. What must happen is a row of recruitment.Job; Celery only carries it."""

import logging
import logging.config
import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, task_failure
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialsnest.settings")
app = Celery("trialsnest")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
log = logging.getLogger("trialsnest.jobs")


def log_as_the_pages_do(**_: Any) -> None:
    """Worker and beat write the same lines of JSON as the web server."""
    logging.config.dictConfig(settings.LOGGING)


def log_a_failure(sender: Any, exception: BaseException, **_: Any) -> None:
    """Log what broke by type and place; Celery's own line would quote the exception."""
    log.error("task failed", exc_info=exception, extra={"job": sender.name})


setup_logging.connect(log_as_the_pages_do)
task_failure.connect(log_a_failure)

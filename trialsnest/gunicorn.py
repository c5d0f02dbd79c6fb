"""How the web server runs, in `manage.py up` and in the container. Only `--bind` differs."""

import gc
import os
from pathlib import Path

from django.conf import settings

# Read once before there are workers: a missing variable ends the start with its sentence, where
# workers would be started again and again.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialsnest.settings")
SECRET_IS_SET = bool(settings.SECRET_KEY)

worker_class = "gthread"
workers = 2
threads = 4
timeout = 60  # seconds
graceful_timeout = 20
keepalive = 5
# The heartbeat file must not be on a disk: a slow disk would look like a hung worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 gunicorn makes an unnamed file
control_socket_disable = True
accesslog = None  # trialsnest.middleware writes one line per request, by route and without paths
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "trialsnest.lib.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"gunicorn.error": {"level": "INFO", "propagate": True, "handlers": []}},
}


def post_worker_init(worker: object) -> None:
    """What is loaded stays: looking for garbage in it again and again costs requests their time."""
    gc.collect()
    gc.freeze()

"""A failing task leaves its type and place in the log, never the words of its exception."""

import json
import logging

import pytest

from trialsnest.celery import log_a_failure, log_as_the_pages_do
from trialsnest.lib.logs import JsonFormatter


class _Task:
    name = "recruitment.some_task"


def test_a_failed_task_is_logged_without_the_words_of_its_exception(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.raises(ValueError, match="literal") as caught:
        int("ada@canary.example")

    log_a_failure(sender=_Task, exception=caught.value)

    (record,) = caplog.records
    line = json.loads(JsonFormatter().format(record))
    assert (line["message"], line["job"], line["error"]) == (
        "task failed",
        "recruitment.some_task",
        "ValueError",
    )
    assert "canary" not in json.dumps(line)


def test_loggers_that_would_quote_a_path_or_a_value_leave_it_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log_as_the_pages_do()

    for name in ("django.request", "django.server", "celery.app.trace"):
        logging.getLogger(name).error("It failed: %s", "/leads/ada@canary.example/")

    printed = capsys.readouterr()
    with capsys.disabled():
        log_as_the_pages_do()  # not to keep writing into what capsys takes away
    assert "canary" not in printed.out + printed.err

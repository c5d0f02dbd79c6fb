"""One JSON line per log record, without anything a person typed (PR4)."""

import json
import logging
from datetime import UTC, datetime

KEPT = ("request_id", "method", "route", "status", "ms", "user", "job", "kind", "count", "seconds")


class JsonFormatter(logging.Formatter):
    """Time (UTC), level, logger, message and the named extras; an exception by type and place.

    The words of an exception are left out: a database error quotes the value that offended.
    Django's own messages stay unfilled: their arguments are paths, which may hold a secret.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON; newlines in values are escaped by JSON itself."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": str(record.msg)
            if record.name.startswith("django.")
            else record.getMessage(),
        }
        line |= {key: getattr(record, key) for key in KEPT if hasattr(record, key)}
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["where"] = _frames(record)
        return json.dumps(line, ensure_ascii=True, default=str)


def _frames(record: logging.LogRecord) -> list[str]:
    trace = record.exc_info[2] if record.exc_info else None
    frames = []
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return frames[-8:]

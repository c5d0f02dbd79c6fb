"""A reader of calendar files written from RFC 5545 alone; knows nothing of how ours are made."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from io import StringIO

from dateutil.rrule import rrulestr
from dateutil.tz import tzical

LONGEST = 75  # octets of a line, without its end (3.1)
LINE = re.compile(r"([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:\"[^\"]*\"|[^\";:,]*))*):(.*)", re.DOTALL)


@dataclass
class Component:
    """One BEGIN to END: its properties by name, each with parameters and value, and its parts."""

    name: str
    props: dict[str, list[tuple[dict[str, str], str]]] = field(default_factory=dict)
    parts: list["Component"] = field(default_factory=list)

    def value(self, name: str) -> str:
        """The one value of a property."""
        ((_, value),) = self.props[name]
        return value

    def params(self, name: str) -> dict[str, str]:
        """The parameters of a property."""
        ((params, _),) = self.props[name]
        return params

    def text(self, name: str) -> str:
        """A text value without its escapes (3.3.11)."""
        return re.sub(
            r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], self.value(name)
        )


def read(data: bytes) -> Component:
    """The VCALENDAR of a file. Raises AssertionError for what the RFC does not allow."""
    assert data.endswith(b"\r\n")
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", data), "lines end in CRLF"
    lines = data.split(b"\r\n")[:-1]
    assert all(len(line) <= LONGEST for line in lines), "lines are folded"
    unfolded = re.sub(rb"\r\n[ \t]", b"", data).decode().split("\r\n")[:-1]
    stack = [Component("")]
    for line in unfolded:
        match = LINE.fullmatch(line)
        assert match, line
        name, value = match[1].upper(), match[3]
        if name == "BEGIN":
            stack.append(Component(value))
        elif name == "END":
            ended = stack.pop()
            assert ended.name == value
            stack[-1].parts.append(ended)
        else:
            params = dict(pair.split("=", 1) for pair in match[2].split(";")[1:])
            stack[-1].props.setdefault(name, []).append((params, value))
    (calendar,) = stack[-1].parts
    assert (calendar.name, calendar.value("VERSION")) == ("VCALENDAR", "2.0")
    assert calendar.value("PRODID")
    for event in events(calendar):
        assert event.value("UID")
        assert re.fullmatch(r"\d{8}T\d{6}Z", event.value("DTSTAMP"))
    return calendar


def events(calendar: Component) -> list[Component]:
    """Its entries."""
    return [part for part in calendar.parts if part.name == "VEVENT"]


def times(data: bytes, number: int) -> list[datetime]:
    """The first times of the one repeated entry, by the zone that the file itself describes."""
    calendar = read(data)
    (event,) = (one for one in events(calendar) if "RRULE" in one.props)
    text = re.sub(r"\r\n[ \t]", "", data.decode()).replace("\r\n", "\n")
    zone = tzical(StringIO(text)).get(event.params("DTSTART")["TZID"])
    assert zone is not None
    start = datetime.strptime(event.value("DTSTART"), "%Y%m%dT%H%M%S")  # noqa: DTZ007  (its zone follows)
    rule = rrulestr(event.value("RRULE"), dtstart=start)
    return [each.replace(tzinfo=zone) for each, _ in zip(rule, range(number), strict=False)]

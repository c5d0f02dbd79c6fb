"""The keyboard as one table: help sheet, script and `aria-keyshortcuts` are made from it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Key:
    """What one key, or each of several, does. `name` is what static/js/keys.js calls it."""

    name: str
    keys: Sequence[str]
    does: str
    to: str = ""  # the last of a stretch, as in 1 to 9


@dataclass(frozen=True)
class Part:
    """Where keys work."""

    title: str
    keys: Sequence[Key]


PARTS: Sequence[Part] = (
    Part(
        "Anywhere",
        (
            Key("help", ("?",), "This list"),
            Key("find", ("/",), "Find a lead"),
            Key("undo", ("u",), "Undo the last change"),
            Key("shield", ("s",), "Hide names while you share your screen"),
            Key("close", ("Escape",), "Close the menu, dialog or panel"),
            Key("save", ("Control+Enter",), "Save the form you are in"),
        ),
    ),
    Part(
        "Queue",
        (
            Key("down", ("j",), "Next lead of the list"),
            Key("up", ("k",), "Previous lead of the list"),
            Key("log", ("l",), "Open the lead, or go to its outcomes"),
            Key("pick", ("x",), "Select for a bulk change"),
            Key("claim", ("c",), "Claim a lead with no owner"),
            Key("bucket", ("1",), "Choose a bucket", to="9"),
            Key("all", ("0",), "All active leads"),
        ),
    ),
    Part(
        "Lead",
        (
            Key("outcome", ("1",), "What came of the contact", to="0"),
            Key("more", ("m",), "Wrong number, opted out, deceased: then a number"),
            Key("moved", ("q", "w", "e", "r", "t", "y", "i", "p", "a", "f"), "What it moved"),
            Key("waits", ("h",), "Say what it waits on now"),
            Key("book", ("b",), "Book the visit that was agreed"),
            Key("end", ("z",), "Close the lead with this contact"),
            Key("note", ("n",), "Add a note or a time first"),
            Key("when", ("d",), "Write when it is due, such as thu 15:00"),
            Key("previous", ("[",), "Previous lead of the queue, or item of a review"),
            Key("next", ("]",), "Next lead of the queue, or item of a review"),
            Key("page", ("o",), "Open the full page"),
        ),
    ),
)
BY_NAME = {key.name: key for part in PARTS for key in part.keys}
GO = "g"
"""Then the key of a page of the bar."""
WORDS = {"Escape": "Esc", "Control+Enter": "Ctrl Enter"}


def shortcut(name: str) -> str:
    """The value of `aria-keyshortcuts` for what is called `name`. Raises KeyError if nothing is."""
    return " ".join(BY_NAME[name].keys)

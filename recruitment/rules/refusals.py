"""What the domain says when it says no: a sentence in staff's words, and nothing written."""


class Refusal(Exception):
    """The domain refuses. `str()` is a sentence that may be shown to staff as it stands."""


class InvalidInput(Refusal):
    """A value is missing, unknown or out of range. `field` names the form field it belongs to."""

    def __init__(self, sentence: str, *, field: str) -> None:
        super().__init__(sentence)
        self.field = field


class IllegalMove(Refusal):
    """The stage cannot be reached from here; the sentence names the moves that can (LC5)."""


class LeadChanged(Refusal):
    """Somebody else acted on the lead since the caller's page was made."""

"""What may stand in an address where a lead is named; anything else is no address at all."""

from django.urls import register_converter


class LeadNumberConverter:
    """Eight Crockford characters, as `services.intake.lead_number` makes them."""

    regex = "[0-9A-HJKMNP-TV-Z]{8}"

    def to_python(self, value: str) -> str:
        """The number as it is kept."""
        return value

    def to_url(self, value: str) -> str:
        """The number as it is written."""
        return value


register_converter(LeadNumberConverter, "lead_number")

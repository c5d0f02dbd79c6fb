"""What an imported row says about a person, in the values of the intake (13.2, D31)."""

from collections.abc import Mapping

from recruitment.rules.lead_files import LeadRow
from recruitment.rules.vocabulary import Channel, PermissionState
from recruitment.services.intake import Enquirer


def enquirer_of(row: LeadRow, *, region: str) -> Enquirer:
    """Who a row is about. `region` (ISO 3166) tells which country its postal code is of."""
    return Enquirer(
        first_name=row.first,
        last_name=row.last,
        phones=row.phones,
        emails=row.emails,
        permissions=_permissions(row),
        birth_year=row.birth_year,
        language=row.language or "English",
        location_band=_band(row.postal_code, region),
        best_time=row.best_time,
    )


def _permissions(row: LeadRow) -> Mapping[Channel, PermissionState]:
    """What the row itself says; a blank leaves the channel to the source (D31)."""
    said = {
        Channel.PHONE: row.consent_contact,
        Channel.EMAIL: row.consent_email or row.consent_contact,
        Channel.TEXT: row.consent_sms,
    }
    return {channel: PermissionState(answer) for channel, answer in said.items() if answer}


def _band(postal_code: str, region: str) -> str:
    """A region of several towns in place of an address (13.2): the first digits of a US ZIP."""
    is_zip = region == "US" and len(postal_code) >= 5 and postal_code[:5].isdecimal()
    return f"ZIP {postal_code[:3]}" if is_zip else ""

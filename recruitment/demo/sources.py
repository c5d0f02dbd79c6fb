"""Ten sources of different quality; their rates come from published recruitment figures.

The sources of the rates, as in tests/data/funnel: medians over many trials (Toerien 2009; vendor
benchmarks), yield by source (TXT2BFiT 2015; Bracken 2019; T4DM 2019), referrals of a registry
(Consent-to-Contact 2024: 40 % did not respond, 24 % declined).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from random import Random

from recruitment.models import Source, SourceSpend, Study
from recruitment.rules.vocabulary import ContactBasis, PermissionState, SourceKind


@dataclass(frozen=True)
class Rates:
    """The share of people who go on from each step of the funnel to the next, 0 to 1."""

    reached: float
    prescreened: float
    passed: float
    scheduled: float
    attended: float
    enrolled: float
    invalid: float = 0.02  # contact details that lead nowhere, of all


GOOD = Rates(0.72, 0.85, 0.45, 0.88, 0.80, 0.62, 0.01)
TYPICAL = Rates(0.60, 0.76, 0.33, 0.80, 0.73, 0.49)
SURGE = Rates(0.48, 0.70, 0.22, 0.75, 0.65, 0.45, 0.05)
REFERRED = Rates(0.85, 0.90, 0.56, 0.92, 0.88, 0.90, 0.005)


@dataclass(frozen=True)
class Channel:
    """One kind of source: how it is called on site and to sponsors, and how good it is."""

    code: str
    name: str
    sponsor_label: str
    kind: SourceKind
    basis: ContactBasis
    rates: Rates
    phone: PermissionState = PermissionState.YES
    email: PermissionState = PermissionState.UNKNOWN
    wording: str = ""
    monthly_cost: int = 0  # US dollars
    without_basis: float = 0.0  # share of recent people for whom nobody wrote down a basis


K, B, Y = SourceKind, ContactBasis, PermissionState.YES
CHANNELS: Mapping[str, Channel] = {
    channel.code: channel
    for channel in (
        Channel(
            "CLINIC-REF", "Dr. Okonjo-Reyes, partner clinics", "Clinician referral",
            K.REFERRAL, B.PASSED_ON, REFERRED,
        ),
        Channel(
            "GP-LETTER", "Letter from general practices", "Primary care letter",
            K.REFERRAL, B.AUTHORIZATION, Rates(0.78, 0.84, 0.56, 0.90, 0.86, 0.80, 0.01),
            wording="GPL-2", monthly_cost=610,
        ),
        Channel(
            "SITE-DB", "Own list of former participants", "Site database",
            K.DATABASE, B.OWN_RECORDS, GOOD, email=Y,
        ),
        Channel(
            "REGISTRY", "Volunteer registry, monthly pull", "Volunteer registry",
            K.REGISTRY, B.REGISTRY, Rates(0.60, 0.60, 0.48, 0.82, 0.78, 0.60), email=Y,
            wording="REG-1",
        ),
        Channel(
            "PATIENT-GRP", "Patient group newsletter", "Patient group",
            K.PARTNER, B.SELF_INQUIRY, GOOD, email=Y, wording="PG-3", monthly_cost=150,
        ),
        Channel(
            "HEALTH-FAIR", "Health fair sign-up sheet", "Community event",
            K.WALK_IN, B.PASSED_ON, Rates(0.55, 0.72, 0.30, 0.78, 0.70, 0.50, 0.04),
            wording="HF-1", monthly_cost=240, without_basis=0.5,
        ),
        Channel(
            "STUDY-PAGE", "Form on the study page", "Study web page",
            K.WEB, B.SELF_INQUIRY, TYPICAL, email=Y, wording="WEB-4",
        ),
        Channel(
            "SEARCH-AD", "Search ad, condition words", "Search advertising",
            K.PAID, B.SELF_INQUIRY, Rates(0.55, 0.74, 0.28, 0.78, 0.70, 0.48, 0.03), email=Y,
            wording="AD-7", monthly_cost=1180,
        ),
        Channel(
            "SOCIAL-AD", "Social media ad, picture set B", "Social media advertising",
            K.PAID, B.SELF_INQUIRY, SURGE, email=Y, wording="AD-9", monthly_cost=1890,
        ),
        Channel(
            "RADIO", "Local radio spot, mornings", "Radio advertising",
            K.PHONE, B.SELF_INQUIRY, Rates(0.66, 0.70, 0.26, 0.78, 0.72, 0.50, 0.01),
            wording="RAD-1", monthly_cost=2310,
        ),
    )
}  # fmt: skip


def make_sources(
    study: Study, codes: tuple[str, ...], *, at: datetime, rng: Random
) -> dict[str, Source]:
    """The study's sources by code, with what the paid ones cost in the last four months."""
    sources = {}
    for code in codes:
        channel = CHANNELS[code]
        source = Source.objects.create(
            study=study,
            code=code,
            name=channel.name,
            sponsor_label=channel.sponsor_label,
            kind=channel.kind,
            default_basis=channel.basis,
            default_phone=channel.phone,
            default_email=channel.email,
            wording=channel.wording,
        )
        if channel.monthly_cost:
            SourceSpend.objects.bulk_create(
                SourceSpend(source=source, month_on=month, amount=_cost(channel, rng))
                for month in _months_until(at, 4)
            )
        sources[code] = source
    return sources


def _cost(channel: Channel, rng: Random) -> Decimal:
    return Decimal(round(channel.monthly_cost * rng.uniform(80, 120))) / 100


def _months_until(at: datetime, count: int) -> list[date]:
    last = at.year * 12 + at.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(last - count + 1, last + 1)]

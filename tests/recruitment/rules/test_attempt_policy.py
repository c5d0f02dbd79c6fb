"""What the cadence still asks for before somebody counts as not reached (D27)."""

from datetime import UTC, datetime, timedelta

from recruitment.rules.attempt_policy import AttemptPolicy, Tried, missing_for_unreached
from recruitment.rules.vocabulary import Channel

MONDAY = datetime(2026, 3, 2, 15, tzinfo=UTC)
DAY = timedelta(days=1)
POLICY = AttemptPolicy(5, 14 * DAY)
PHONE, EMAIL, TEXT = Channel.PHONE, Channel.EMAIL, Channel.TEXT


def missing(
    *channels: Channel,
    usable: set[Channel] = frozenset({PHONE, EMAIL}),  # type: ignore[assignment]
    agreed: set[Channel] = frozenset({PHONE}),  # type: ignore[assignment]
    after: timedelta = 30 * DAY,
) -> list[str]:
    tried = [Tried(channel, MONDAY + n * DAY) for n, channel in enumerate(channels)]
    return missing_for_unreached(
        tried,
        policy=POLICY,
        usable=usable,
        agreed=agreed,
        at=MONDAY + after,
        zone="America/New_York",
    )


def test_the_whole_cadence_and_the_window_behind_it_miss_nothing() -> None:
    assert missing(*[PHONE] * 5) == []


def test_everything_that_is_missing_is_named() -> None:
    found = missing(PHONE, PHONE, agreed={PHONE, EMAIL}, after=2 * DAY)

    assert found == [
        "2 of 5 attempts made",
        "e-mail, which is allowed, was not tried",
        "call-back window ends Tue 17 Mar",
    ]


def test_a_channel_that_was_not_permitted_counts_neither_way() -> None:
    found = missing(*[PHONE] * 4, TEXT, usable={PHONE}, agreed={PHONE})

    assert found == ["4 of 5 attempts made"]


def test_nobody_tried_is_nobody_not_reached_even_where_no_channel_is_left() -> None:
    assert missing(usable=set(), agreed=set()) == ["no attempt was made"]
    assert missing(PHONE, usable=set(), agreed=set()) == []


def test_the_window_is_half_open() -> None:
    ends = 4 * DAY + POLICY.call_back

    assert missing(*[PHONE] * 5, after=ends - timedelta(seconds=1))
    assert missing(*[PHONE] * 5, after=ends) == []

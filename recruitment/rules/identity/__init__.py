"""Who a person is and how to reach them, in one comparable form (DU1, D24): pure functions."""

from recruitment.rules.identity.emails import EmailReading, normalize_email, read_emails
from recruitment.rules.identity.names import (
    NAME_LIMIT,
    Name,
    SplitName,
    display_name,
    is_filler,
    name_key,
    recase,
    split_name,
)
from recruitment.rules.identity.phones import Phone, PhoneReading, normalize_phone, read_phones
from recruitment.rules.identity.search import keyed_hash, search_tokens, sought
from recruitment.rules.identity.text import clean_block, clean_line, fold, words

__all__ = [
    "NAME_LIMIT",
    "EmailReading",
    "Name",
    "Phone",
    "PhoneReading",
    "SplitName",
    "clean_block",
    "clean_line",
    "display_name",
    "fold",
    "is_filler",
    "keyed_hash",
    "name_key",
    "normalize_email",
    "normalize_phone",
    "read_emails",
    "read_phones",
    "recase",
    "search_tokens",
    "sought",
    "split_name",
    "words",
]

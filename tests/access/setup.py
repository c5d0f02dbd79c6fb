"""Rows for setup."""

from tests.access.roles import Row

ROWS: dict[str, Row] = {}

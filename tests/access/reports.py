"""Rows for reports."""

from tests.access.roles import Row

ROWS: dict[str, Row] = {}

"""What the queue ranks leads by, filled in again for tests that change rows by hand."""

from importlib import import_module

from django.db import connection


def rank_again() -> None:
    """Fill the columns of every lead as the migration filled them."""
    with connection.cursor() as cursor:
        cursor.execute(import_module("recruitment.migrations.0019_queue_order").FILL)

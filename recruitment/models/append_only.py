"""Triggers that let a table only grow (AU1; reliability of the log)."""

import pgtrigger

APPEND_ONLY = """
    IF starts_with(current_database(), 'test_')
       AND current_setting('trialsnest.test_flush', true) = 'on'
    THEN
        RETURN {result};
    END IF;
    RAISE EXCEPTION 'the log is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'log_is_append_only';
"""


def append_only() -> list[pgtrigger.Trigger]:
    """Triggers that refuse UPDATE, DELETE and TRUNCATE; only the test flush passes."""
    return [
        pgtrigger.Trigger(
            name="refuse_change",
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            func=APPEND_ONLY.format(result="COALESCE(NEW, OLD)"),
        ),
        pgtrigger.Trigger(
            name="refuse_truncate",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func=APPEND_ONLY.format(result="NULL"),
        ),
    ]

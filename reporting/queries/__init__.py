"""What a report is computed from, read from the log under a role that cannot read a person."""

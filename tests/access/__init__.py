"""The table of who may open what: one module per area, one row per URL name."""

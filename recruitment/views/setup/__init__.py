"""The set-up pages, for administrators only (A7)."""

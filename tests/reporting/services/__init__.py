"""Drafting, issuing, rendering: on a real database."""

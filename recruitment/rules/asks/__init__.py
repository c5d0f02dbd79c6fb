"""Asks: questions between the site and the sponsor, with owner, due time and answer (12.5)."""

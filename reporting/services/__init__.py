"""Drafting, issuing and rendering reports: everything that writes one."""

"""Importing files: leads, step by step, and study records."""

"""The pages of sponsor reports."""

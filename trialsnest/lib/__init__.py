"""Pure helpers that know no app."""

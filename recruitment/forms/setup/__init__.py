"""Forms of the set-up pages, one file per topic."""

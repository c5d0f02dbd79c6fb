"""The report pages, through the client."""

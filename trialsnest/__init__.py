"""The project itself: settings, addresses, the servers it runs on, and its commands."""

"""Faults that really happen: kills, a broker that is gone, a database that restarts."""

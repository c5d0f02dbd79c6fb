"""The weekly review without a database: its agenda, how items end, and what proves an action."""

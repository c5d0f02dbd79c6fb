"""The demo workspace: invented people, real studies, and a history made by the services."""

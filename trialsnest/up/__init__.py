"""`manage.py up`: the whole workspace in the foreground under one process."""

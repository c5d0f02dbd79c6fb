"""PostgreSQL and Valkey run as plain children of one process, from binaries found on this machine.

Only the servers' own binaries are used. The Python wrappers of the packages that bring them make
accounts, open folders and leave servers behind, so starting and stopping is done here.
"""


class CannotStart(SystemExit):
    """A server cannot be started. Ends the process with its sentence, status 1."""

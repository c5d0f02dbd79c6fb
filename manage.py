"""The command line: Django's commands and two of its own, `up` and `verify`.

These two make the environment that settings need, so they run before settings are read. The
others find the servers of a running `up`, or bring their own (trialsnest.local).
"""

import os
import sys


def main() -> None:
    """Run one command; the exit status is the command's."""
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialsnest.settings")
    if command == "up":
        from trialsnest.up.main import up

        sys.exit(up())
    if command == "verify":
        from trialsnest.verify import verify

        sys.exit(verify(sys.argv[2:]))
    from django.core.management import execute_from_command_line

    from trialsnest import local

    with local.borrowed(command):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)  # as a shell counts it; nothing to show

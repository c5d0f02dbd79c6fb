"""Print who may sign in to the demo workspace."""

from typing import Any

from django.core.management.base import BaseCommand

from recruitment.demo.people import sign_ins
from trialsnest import local


class Command(BaseCommand):
    help = "Print the demo's sign-ins: e-mail address, role and password."

    def handle(self, *args: Any, **options: Any) -> None:
        """One line per person; one sentence when there is no demo."""
        rows = sign_ins()
        if not rows:
            self.stdout.write("There is no demo workspace here; sign in with your own account.")
            return
        values = local.secret_values(local.home(), make=False)
        password = values.get("TRIALSNEST_DEMO_PASSWORD", "as set when the demo was loaded")
        width = max(len(email) for email, _ in rows)
        self.stdout.write(f"Demo sign-ins, all with the password {password}")
        for email, role in rows:
            self.stdout.write(f"  {email:<{width}}  {role}")

"""Two people who do something at the same moment, on connections of their own."""

import threading
from collections.abc import Callable

from django.db import connection

from accounts.models import User
from recruitment.models import Role, StudySite
from tests.factories.recruitment import StudySiteFactory, make_member
from tests.recruitment.weekly.held import blocked_leads

Calls = list[Callable[[], object]]


def at_once(calls: Calls) -> list[object]:
    """What each call gave back, or what it raised; they begin together."""
    gate, found = threading.Barrier(len(calls)), list[object]()

    def run(call: Callable[[], object]) -> None:
        gate.wait()
        try:
            found.append(call())
        except Exception as error:
            found.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return found


def world() -> tuple[StudySite, list[User]]:
    """A study at a site with blocked leads, and two who lead the site."""
    place = StudySiteFactory()
    blocked_leads(place, make_member(Role.COORDINATOR, place))
    return place, [make_member(Role.SITE_LEAD, place.site) for _ in range(2)]

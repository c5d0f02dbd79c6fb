"""Ask the web server on this machine whether it is ready."""

from http.client import HTTPConnection, HTTPException

from trialsnest.lib import env

HOST = "127.0.0.1"


def readiness(port: int) -> str:
    """The status of /readyz, or why there is none. Asks under a name that is allowed."""
    hosts = env.words("TRIALSNEST_ALLOWED_HOSTS", [HOST])
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/readyz", headers={"Host": hosts[0].strip("*.") or HOST})
        return str(connection.getresponse().status)
    except (OSError, HTTPException) as problem:
        return str(problem)
    finally:
        connection.close()

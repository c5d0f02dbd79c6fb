"""Request log without identities, and headers for pages with a person on them (PR4)."""

import logging
import time
import uuid
from collections.abc import Callable

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import add_never_cache_headers, patch_vary_headers

Answer = Callable[[HttpRequest], HttpResponseBase]
log = logging.getLogger("trialsnest.requests")


class RequestLogMiddleware:
    """Writes one line per request: the route's name, never the path, the query or a body."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Time the request and log route, method, status, milliseconds and the user's id."""
        started = time.perf_counter()
        request_id = uuid.uuid4().hex[:12]
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        match = request.resolver_match
        user = _known_user(request)
        log.info(
            "request",
            extra={
                "request_id": request_id,
                "method": request.method,
                "route": match.view_name if match else "unknown",
                "status": response.status_code,
                "ms": round((time.perf_counter() - started) * 1000, 1),
                "user": user.pk if user is not None else None,
            },
        )
        return response


def _known_user(request: HttpRequest) -> AbstractBaseUser | None:
    """Who signed in, if the page asked for it; no statement, so that a lost database logs too."""
    user: AbstractBaseUser | AnonymousUser | None = getattr(request, "_cached_user", None)
    return user if isinstance(user, AbstractBaseUser) else None


class PrivacyHeadersMiddleware:
    """Every page of somebody signed in may show a person: it is kept nowhere."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add no-store for signed-in answers, and vary by the header that makes fragments."""
        response = self.get_response(request)
        if _known_user(request) is not None:
            add_never_cache_headers(response)
        patch_vary_headers(response, ["HX-Request"])
        response.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        return response

"""Request log without identities, and headers for pages with a person on them (PR4)."""

import logging
import time
import uuid
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers, patch_vary_headers

from trialsnest.lib import shield

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


class ShieldMiddleware:
    """While somebody shares her screen, her answers hold no patient's name, number or words."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with the shield up if the session says so; it is asked when a field is read."""
        with shield.raised(lambda: bool(request.session.get(shield.SESSION_KEY))):
            response = self.get_response(request)
            if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
                response.render()
            return response


class SignedOutMiddleware:
    """A session that ended while somebody was at work costs her neither her words nor her way."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Where the answer sends on to sign-in: 401 for htmx, and a `next` that can be opened.

        htmx would put the sign-in page in the place of what was typed; it swaps nothing on 401.
        """
        response = self.get_response(request)
        if not _sends_to_sign_in(request, response):
            return response
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(status=401)
        if request.method in {"GET", "HEAD"}:
            return response
        return redirect_to_login(_page_behind(request))


def _sends_to_sign_in(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether the page that was asked for comes only after signing in."""
    if response.status_code != 302:
        return False
    address = urlsplit(response.headers["Location"])
    wanted = parse_qs(address.query).get("next")
    return address.path == resolve_url(settings.LOGIN_URL) and wanted == [request.get_full_path()]


def _page_behind(request: HttpRequest) -> str:
    """The page on which a form stands, because its own address may take nothing but the form."""
    number = request.resolver_match.kwargs.get("number") if request.resolver_match else None
    return reverse("lead", args=[number]) if number else reverse("home")

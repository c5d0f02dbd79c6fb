"""A page of constant text for somebody signed in: the floor under every other page."""

from functools import cache

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse

LINE = "<p>A constant row of text for the floor</p>\n"


@login_required
def constant(request: HttpRequest) -> HttpResponse:
    """A page of so many bytes for somebody signed in: session and user are read, nothing else."""
    return HttpResponse(_text(int(request.GET["size"])))


@cache
def _text(size: int) -> str:
    lines = LINE * (size // len(LINE) + 1)
    return f"<!doctype html><html><body>{lines}"[:size]

"""Every address of the product."""

from django.urls import URLPattern, URLResolver, include, path

from trialsnest import health, home

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("needs-me/", home.needs_me, name="needs_me"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("accounts.urls")),
    path("", include("recruitment.urls")),
    path("", include("reporting.urls")),
]

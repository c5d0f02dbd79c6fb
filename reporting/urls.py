"""Sponsor reports, for those who issue and those who read them."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

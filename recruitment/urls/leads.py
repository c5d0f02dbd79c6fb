"""The queue and the lead."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

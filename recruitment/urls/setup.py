"""Setting up the installation and its people."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

"""Trying other targets, opening hours and closed days on what happened."""

from django.urls import URLPattern, path

from recruitment.views import what_if

urlpatterns: list[URLPattern] = [
    path("what-if/<int:pk>/", what_if.WhatIf.as_view(), name="what_if"),
]

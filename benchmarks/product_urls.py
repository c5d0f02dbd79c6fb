"""The product's addresses and the constant page, behind what every page of the product pays."""

from django.urls import path

from benchmarks.constant import constant
from trialsnest.urls import urlpatterns as own

urlpatterns = [*own, path("constant/", constant)]

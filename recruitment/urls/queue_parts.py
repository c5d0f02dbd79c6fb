"""What belongs to the queue beside its list: filters, saved views, why a lead stands where."""

from django.urls import URLPattern, path

from recruitment.urls import converters  # noqa: F401  (registers lead_number)
from recruitment.views import queue, queue_rank, saved_views

urlpatterns: list[URLPattern] = [
    path("queue/filters/", queue.queue_filters, name="queue_filters"),
    path("queue/views/add/", saved_views.saved_view_add, name="saved_view_add"),
    path("queue/views/<int:pk>/", saved_views.saved_view, name="saved_view"),
    path("queue/views/<int:pk>/delete/", saved_views.saved_view_delete, name="saved_view_delete"),
    path("leads/<lead_number:number>/rank/", queue_rank.lead_rank, name="lead_rank"),
]

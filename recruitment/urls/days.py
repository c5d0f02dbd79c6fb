"""The day: what needs a site lead, visits of today, the close of the day, messages."""

from django.urls import URLPattern, path

from recruitment.views import close_out, day_visits, messages, needs_me

urlpatterns: list[URLPattern] = [
    path("needs-me/<slug:which>/", needs_me.needs_me_list, name="needs_me_list"),
    path("visits/today/", day_visits.visits_today, name="visits_today"),
    path("close-out/", close_out.close_out, name="close_out"),
    path("close-out/move/", close_out.close_out_move, name="close_out_move"),
    path("messages/", messages.messages, name="messages"),
    path("messages/pass-on/", messages.message_pass_on, name="message_pass_on"),
    path("messages/<int:pk>/answered/", messages.message_answer, name="message_answer"),
]

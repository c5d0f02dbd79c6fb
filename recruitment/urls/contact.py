"""The person of a lead, and what she allows."""

from django.urls import URLPattern, path

from recruitment.urls import converters  # noqa: F401  (registers lead_number)
from recruitment.views import lead_people

LEAD = "leads/<lead_number:number>"

urlpatterns: list[URLPattern] = [
    path(f"{LEAD}/person/", lead_people.lead_person, name="lead_person"),
    path(f"{LEAD}/reach/", lead_people.lead_contact_point, name="lead_contact_point"),
    path(f"{LEAD}/permission/", lead_people.lead_permission, name="lead_permission"),
    path(f"{LEAD}/opt-out/", lead_people.lead_opt_out, name="lead_opt_out"),
    path(f"{LEAD}/opt-out/lift/", lead_people.lead_opt_out_lift, name="lead_opt_out_lift"),
]

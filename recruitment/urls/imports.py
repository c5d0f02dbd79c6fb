"""Files of leads and of studies, and leads on lists."""

from django.urls import URLPattern, path

from recruitment.views import releasing
from recruitment.views.imports import leads, studies

urlpatterns: list[URLPattern] = [
    path("import/", leads.lead_import, name="lead_import"),
    path("import/<uuid:key>/columns/", leads.lead_import_match, name="lead_import_match"),
    path("import/<uuid:key>/rows/", leads.lead_import_check, name="lead_import_check"),
    path("import/<uuid:key>/", leads.lead_import_result, name="lead_import_result"),
    path("import/<uuid:key>/left-out.csv", leads.lead_import_rejected, name="lead_import_rejected"),
    path("lists/", releasing.lists, name="lists"),
    path("lists/<int:pk>/", releasing.list_release, name="list_release"),
    path("setup/studies/import/", studies.study_import, name="study_import"),
    path("setup/studies/import/<uuid:key>/", studies.study_import_check, name="study_import_check"),
]

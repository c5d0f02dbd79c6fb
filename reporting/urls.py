"""Sponsor reports, for those who issue and those who read them."""

from django.urls import URLPattern, path

from reporting.views import (
    answering,
    asking,
    batch,
    deputies,
    detail,
    lists,
    network,
    papers,
    revising,
    verifying,
)

urlpatterns: list[URLPattern] = [
    path("reports/", lists.reports, name="reports"),
    path("reports/all-sites/<int:pk>/", network.network_report, name="network_report"),
    path(
        "reports/all-sites/<int:pk>/<str:day>/", network.network_report_of, name="network_report_of"
    ),
    path(
        "reports/all-sites/<int:pk>/<str:day>/<slug:size>.pdf",
        network.network_report_paper,
        name="network_report_paper",
    ),
    path("reports/issue/", batch.reports_issue, name="reports_issue"),
    path("reports/deputies/", deputies.report_deputies, name="report_deputies"),
    path("reports/deputies/add/<int:pk>/", deputies.report_deputy_add, name="report_deputy_add"),
    path("reports/deputies/<int:pk>/end/", deputies.report_deputy_end, name="report_deputy_end"),
    path("verify/", verifying.verify_report, name="verify_report"),
    path("reports/<int:pk>/", detail.report, name="report"),
    path("reports/<int:pk>/issue/", detail.report_issue, name="report_issue"),
    path("reports/<int:pk>/question/", asking.report_question, name="report_question"),
    path("reports/<int:pk>/refresh/", detail.report_refresh, name="report_refresh"),
    path("reports/<int:pk>/revise/", revising.report_revise, name="report_revise"),
    path("reports/<int:pk>/drop/", revising.report_drop, name="report_drop"),
    path("reports/<int:pk>/asks/<int:place>/", answering.report_answer, name="report_answer"),
    path("reports/<int:pk>/figures.csv", papers.report_figures, name="report_figures"),
    path("reports/<int:pk>/<slug:size>.pdf", papers.report_paper, name="report_paper"),
    path(
        "reports/<int:pk>/<slug:size>/being-made/",
        papers.report_paper_making,
        name="report_paper_making",
    ),
]

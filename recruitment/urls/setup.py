"""Setting up the installation and its people."""

from django.urls import URLPattern, path

from recruitment.views.setup import home, hours, invitations, people, places, studies

urlpatterns: list[URLPattern] = [
    path("setup/", home.SetupHome.as_view(), name="setup"),
    path("setup/sponsors/", places.SponsorList.as_view(), name="sponsor_list"),
    path("setup/sponsors/add/", places.SponsorEdit.as_view(), name="sponsor_add"),
    path("setup/sponsors/<int:pk>/", places.SponsorEdit.as_view(), name="sponsor_edit"),
    path("setup/sites/", places.SiteList.as_view(), name="site_list"),
    path("setup/sites/add/", places.SiteEdit.as_view(), name="site_add"),
    path("setup/sites/<int:pk>/", places.SiteEdit.as_view(), name="site_edit"),
    path("setup/sites/<int:pk>/hours/", hours.SiteHours.as_view(), name="site_hours"),
    path("setup/sites/<int:pk>/days/", hours.SiteDays.as_view(), name="site_days"),
    path("setup/holidays/<int:pk>/remove/", hours.HolidayRemove.as_view(), name="holiday_remove"),
    path("setup/closures/<int:pk>/remove/", hours.ClosureRemove.as_view(), name="closure_remove"),
    path("setup/studies/", studies.StudyList.as_view(), name="study_list"),
    path("setup/studies/add/", studies.StudyEdit.as_view(), name="study_add"),
    path("setup/studies/<int:pk>/", studies.StudyEdit.as_view(), name="study_edit"),
    path("setup/study-sites/", studies.StudySiteList.as_view(), name="study_site_list"),
    path("setup/study-sites/add/", studies.StudySiteEdit.as_view(), name="study_site_add"),
    path("setup/study-sites/<int:pk>/", studies.StudySiteEdit.as_view(), name="study_site_edit"),
    path(
        "setup/study-sites/<int:pk>/staff/",
        studies.StudyStaffList.as_view(),
        name="study_staff_list",
    ),
    path(
        "setup/study-sites/<int:study_site>/staff/add/",
        studies.StudyStaffEdit.as_view(),
        name="study_staff_add",
    ),
    path("setup/staff/<int:pk>/", studies.StudyStaffEdit.as_view(), name="study_staff_edit"),
    path("setup/sources/", studies.SourceList.as_view(), name="source_list"),
    path("setup/sources/add/", studies.SourceEdit.as_view(), name="source_add"),
    path("setup/sources/<int:pk>/", studies.SourceEdit.as_view(), name="source_edit"),
    path("setup/people/", people.People.as_view(), name="people"),
    path("setup/people/<int:pk>/", people.Person.as_view(), name="person"),
    path("setup/people/<int:pk>/suspend/", people.PersonSuspend.as_view(), name="person_suspend"),
    path("setup/people/<int:pk>/restore/", people.PersonRestore.as_view(), name="person_restore"),
    path("setup/roles/<int:pk>/end/", people.RoleEnd.as_view(), name="role_end"),
    path("setup/invitations/add/", invitations.InvitationAdd.as_view(), name="invitation_add"),
    path("setup/invitations/<int:pk>/", invitations.InvitationPage.as_view(), name="invitation"),
    path(
        "setup/invitations/<int:pk>/send/",
        invitations.InvitationSend.as_view(),
        name="invitation_send",
    ),
    path(
        "setup/invitations/<int:pk>/revoke/",
        invitations.InvitationRevoke.as_view(),
        name="invitation_revoke",
    ),
    path("invitation/<str:token>/", invitations.invitation_accept, name="invitation_accept"),
]

"""Sign-in, passwords and a person's own account.

Only these of allauth's pages exist: addresses are not managed and nobody signs up. The address
`account_signup` stays because allauth's sign-in page looks it up; it says that sign-up is closed.
"""

from allauth.account import views as sign_in
from django.urls import URLPattern, path, re_path

from accounts import views

urlpatterns: list[URLPattern] = [
    path("account/login/", sign_in.login, name="account_login"),
    path("account/logout/", sign_in.logout, name="account_logout"),
    path("account/inactive/", sign_in.account_inactive, name="account_inactive"),
    path("account/signup/", sign_in.signup, name="account_signup"),
    path("account/reauthenticate/", sign_in.reauthenticate, name="account_reauthenticate"),
    path("account/password/change/", sign_in.password_change, name="account_change_password"),
    path("account/password/reset/", sign_in.password_reset, name="account_reset_password"),
    path(
        "account/password/reset/done/",
        sign_in.password_reset_done,
        name="account_reset_password_done",
    ),
    path(
        "account/password/reset/key/done/",
        sign_in.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^account/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        sign_in.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("profile/", views.profile, name="profile"),
]

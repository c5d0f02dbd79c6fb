"""Rows for health, the landing page and the sign-in pages."""

from tests.access.roles import ROLES, SIGN_IN, Row, everyone

SIGNED_IN = {**dict.fromkeys(ROLES, 200), "anonymous": SIGN_IN}
ROWS: dict[str, Row] = {
    "healthz": Row("get", everyone(200)),
    "readyz": Row("get", everyone(200)),
    "home": Row("get", {**dict.fromkeys(ROLES, 302), "anonymous": SIGN_IN}),
    "account_login": Row("get", {**dict.fromkeys(ROLES, 302), "anonymous": 200}),
    "account_logout": Row("post", everyone(302)),
    "account_signup": Row("get", {**dict.fromkeys(ROLES, 302), "anonymous": 200}),
    "account_reauthenticate": Row("get", SIGNED_IN),
    "account_change_password": Row("get", SIGNED_IN),
    "account_inactive": Row("get", everyone(200)),
    "account_reset_password": Row("get", everyone(200)),
    "account_reset_password_done": Row("get", everyone(200)),
    "account_reset_password_from_key": Row(
        "get", everyone(200), kwargs=lambda world: {"uidb36": "1", "key": "none"}
    ),
    "account_reset_password_from_key_done": Row("get", everyone(200)),
}

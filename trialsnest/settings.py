"""One settings file. Every difference between installations is an environment variable.

Safe in production by default; a value that cannot be understood stops the start with a sentence.
"""

import zoneinfo
from pathlib import Path

from csp.constants import NONE, SELF

from trialsnest.lib import env

BASE_DIR = Path(__file__).resolve().parent.parent
zoneinfo.reset_tzpath(to=())  # the pinned tzdata wheel alone decides (model.md, Time zones)

HOME = env.path("TRIALSNEST_HOME", BASE_DIR / "var")
SECRET_KEY = env.text("TRIALSNEST_SECRET_KEY")
HASH_KEY = env.text("TRIALSNEST_HASH_KEY")  # keyed hashes that outlive a contact point (DN4)
DEBUG = False
HTTPS = env.flag("TRIALSNEST_HTTPS", False)
PUBLIC_URL = env.text("TRIALSNEST_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.words("TRIALSNEST_ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "trialsnest",
    "reporting",
    "recruitment",
    "accounts",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django_htmx",
    "guardian",
    "allauth",
    "allauth.account",
    "csp",
    "pgtrigger",
]
MIDDLEWARE = [
    "trialsnest.middleware.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "trialsnest.middleware.SignedOutMiddleware",
    "trialsnest.middleware.ShieldMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "trialsnest.middleware.PrivacyHeadersMiddleware",
]
ROOT_URLCONF = "trialsnest.urls"
WSGI_APPLICATION = "trialsnest.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "trialsnest.lib.quick_templates.loader.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "recruitment.context.shell",
            ],
            "builtins": [
                "django.templatetags.static",
                "django_htmx.templatetags.django_htmx",
                "recruitment.templatetags.recruitment",
            ],
        },
    }
]
FORM_RENDERER = "trialsnest.lib.form_writer.FormWriter"

# Data -----------------------------------------------------------------------------------------
AS_OWNER = env.text("TRIALSNEST_DB_ROLE", "app") == "owner"
_database = (
    "DATABASE_OWNER_URL" if AS_OWNER and env.is_set("DATABASE_OWNER_URL") else "DATABASE_URL"
)
DATABASES = {
    "default": env.database(_database)
    | {"CONN_MAX_AGE": env.number("TRIALSNEST_CONN_MAX_AGE", 3600), "CONN_HEALTH_CHECKS": True}
}
DATABASES["default"]["OPTIONS"] = {
    # A connection that is kept and lost on the way is noticed within seconds, not a quarter hour.
    "keepalives_idle": 60,
    "tcp_user_timeout": 10_000,  # milliseconds
    **DATABASES["default"]["OPTIONS"],
    # The database keeps the plan of what trialsnest.lib.prepared sends, from the first time on.
    "prepare_threshold": 0,
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PGTRIGGER_MIGRATIONS = True
CACHES = {  # in PostgreSQL, so that sign-in throttling survives a lost Redis
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "trialsnest_cache",
    }
}

# People who sign in ---------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "accounts.backends.Backend",
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
GUARDIAN_RAISE_403 = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},  # NIST 800-63B-4: 15 where the password stands alone
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.sign_in_forms.LoginForm",
    "change_password": "accounts.sign_in_forms.ChangePasswordForm",
    "reset_password": "accounts.sign_in_forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.sign_in_forms.ResetPasswordKeyForm",
    "reauthenticate": "accounts.sign_in_forms.ReauthenticateForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation proves the address
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key", "reset_password": "20/m/ip,5/m/key"}
# Behind the proxy everybody would have its address, and one guesser would lock all of them out.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if HTTPS else 0
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60  # seconds: one fresh sign-in for a batch of reports
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True  # somebody is told when her password changes
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""  # each subject names TrialsNest itself
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60  # seconds; the idle sign-out comes with "people, access, audit"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
PASSWORD_RESET_TIMEOUT = 60 * 60  # seconds

# Browser --------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "trialsnest_session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "trialsnest_csrf"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024  # bytes; the import's own caps are below this
FILE_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
_manifest = env.text("TRIALSNEST_STATIC", "finders") == "manifest"
# None without collected files: WhiteNoise warns at every start about a folder that is not there.
STATIC_ROOT = env.path("TRIALSNEST_STATIC_ROOT", BASE_DIR / "staticfiles") if _manifest else None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "trialsnest.static_files.OneSheetStorage"
        if _manifest
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not _manifest
WHITENOISE_AUTOREFRESH = False

USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"

# Mail -----------------------------------------------------------------------------------------
_mail = env.email("EMAIL_URL")
MAIL_TO_FOLDER = _mail is None
EMAIL_BACKEND = (
    "django.core.mail.backends.filebased.EmailBackend"
    if _mail is None
    else "django.core.mail.backends.smtp.EmailBackend"
)
EMAIL_FILE_PATH = HOME / "mail"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("TRIALSNEST_FROM_EMAIL", "trialsnest@localhost")
if _mail is not None:
    globals().update(_mail)
EMAIL_TIMEOUT = 10  # seconds

# Jobs -----------------------------------------------------------------------------------------
CELERY_BROKER_URL = env.text("REDIS_URL")
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_timeout": 10,
    "socket_connect_timeout": 1,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1}
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300  # seconds
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 100
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20.0
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {  # ticks; what is due stands in PostgreSQL
    "send-waiting-jobs": {"task": "recruitment.send_waiting_jobs", "schedule": 15.0},
    "flag-stale-leads": {"task": "recruitment.flag_stale_leads", "schedule": 15 * 60.0},
    "flag-breaches": {"task": "recruitment.flag_breaches", "schedule": 15 * 60.0},
    "tell-pauses-over": {"task": "recruitment.tell_pauses_over", "schedule": 15 * 60.0},
    "plan-missed-visits": {"task": "recruitment.plan_missed_visits", "schedule": 15 * 60.0},
    "hold-late-leads": {"task": "recruitment.hold_late_leads", "schedule": 15 * 60.0},
    "propose-closing": {"task": "recruitment.propose_closing", "schedule": 15 * 60.0},
    "count-the-day": {"task": "recruitment.count_the_day", "schedule": 60 * 60.0},
    "send-digests": {"task": "recruitment.send_digests", "schedule": 15 * 60.0},
    "delete-expired-uploads": {
        "task": "recruitment.delete_expired_uploads",
        "schedule": 60 * 60.0,
    },
    "draft-due-reports": {"task": "reporting.draft_due_reports", "schedule": 5 * 60.0},
    "prove-kept-leads": {"task": "reporting.prove_kept_leads", "schedule": 15 * 60.0},
    "follow-kept-leads": {"task": "reporting.follow_kept_leads", "schedule": 10 * 60.0},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "trialsnest.lib.logs.JsonFormatter"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "json"},
        "nowhere": {"class": "logging.NullHandler"},  # an empty list would mean stderr
    },
    "root": {"handlers": ["console"], "level": env.text("TRIALSNEST_LOG_LEVEL", "INFO")},
    "loggers": {
        # These fill a path or the text of an exception into their message; the formatter leaves
        # Django's unfilled, and trialsnest.celery logs a failed task by type and place.
        "django.request": {"level": "ERROR"},
        "django.server": {"handlers": ["nowhere"], "propagate": False},
        "celery.app.trace": {"handlers": ["nowhere"], "propagate": False},
        "weasyprint": {"level": "WARNING"},  # a PDF would log each of its steps
        "fontTools": {"level": "WARNING"},
    },
}

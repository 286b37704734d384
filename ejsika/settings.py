"""Settings: one file, values that differ between machines come from the environment (see .env.example)."""

from pathlib import Path

import django
import environ
from django.core.exceptions import ImproperlyConfigured

from ejsika.lib.secrets import demo_secret

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")

DEMO = env.bool("EJSIKA_DEMO", default=False)
DEBUG = env.bool("DEBUG", default=False)


def secret(name: str) -> str:
    """Read a secret; in demo mode make it once below var/. A missing or a demo secret stops a real server."""
    value = env.str(name, default="")
    if not value and DEMO:
        return demo_secret(BASE_DIR / "var" / "secrets" / name)
    if not value:
        raise ImproperlyConfigured(f"{name} belum diisi: isi di .env (lihat .env.example), atau pakai EJSIKA_DEMO=1.")
    if value.startswith("demo-") and not DEMO:
        raise ImproperlyConfigured(f"{name} berisi rahasia demo: buat yang baru untuk server sungguhan.")
    return value


SECRET_KEY = secret("SECRET_KEY")
# From this one key ejsika.lib.sealed derives those for identity numbers, account numbers and stored files.
SEAL_KEY = secret("SEAL_KEY")

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    # leaflet's own admin module needs GDAL, so nothing is discovered: ejsika.urls imports our admin modules.
    "django.contrib.admin.apps.SimpleAdminConfig",
    "leaflet",
    "import_export",
    "lucide",
    "django_htmx",
    "procrastinate.contrib.django",
    "ejsika.database",
    "ejsika.audit",
    "ejsika.regions",
    "ejsika.programs",
    "ejsika.accounts",
    "ejsika.jobs",
    "ejsika.files",
    "ejsika.imports",
    "beneficiaries",
    "assistance_logs",
    "reports",
    "ejsika.demo",
]

MIDDLEWARE = [
    "ejsika.lib.logs.requests",
    "ejsika.lib.http.headers",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "ejsika.errors.not_allowed",
    "ejsika.lib.http.limit_size",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ejsika.accounts.sessions.note_use",
    "ejsika.lib.http.no_nul",
]

ROOT_URLCONF = "ejsika.urls"
WSGI_APPLICATION = "ejsika.wsgi.application"

FORM_TEMPLATES = Path(django.__file__).parent / "forms" / "jinja2"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["ejsika.lib.tags"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ejsika.home.frame",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates" / "jinja2", FORM_TEMPLATES],
        "OPTIONS": {"environment": "ejsika.lib.jinja.environment"},
    },
]
FORM_RENDERER = "ejsika.lib.jinja.FormRenderer"

DATABASE_URL = env.str("DATABASE_URL", default="")
if DATABASE_URL:
    DATABASES = {"default": env.db_url("DATABASE_URL") | {"ENGINE": "ejsika.database"}}
elif DEMO or env.bool("EJSIKA_EMBEDDED_DATABASE", default=False):
    DATABASES = {
        "default": {
            "ENGINE": "ejsika.database",
            "NAME": "ejsika",
            "USER": "app",
            "EMBEDDED": BASE_DIR / "var" / "pg",
        }
    }
else:
    raise ImproperlyConfigured(
        "DATABASE_URL belum diisi: isi di .env, atau EJSIKA_EMBEDDED_DATABASE=1 untuk PostgreSQL yang ikut terpasang."
    )
# A connection is kept for long: a new one has to plan every statement anew (ejsika.lib.prepared).
DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_ENGINE = "ejsika.accounts.sessions"
SESSION_COOKIE_AGE = 7 * 24 * 3600  # without use
PASSWORD_RESET_TIMEOUT = 72 * 3600  # of the link that an admin hands over
SESSION_COOKIE_HTTPONLY = True

LANGUAGE_CODE = "id"
TIME_ZONE = "Asia/Jakarta"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = "ejsika.lib.formats"

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "var" / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "ejsika.lib.static.StaticFiles"},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
# Uploaded sheets, encrypted; nothing below it is served by path.
MEDIA_ROOT = env.path("EJSIKA_FILES", default=str(BASE_DIR / "var" / "files"))()
# Public age keys that backups are encrypted to, separated by commas.
BACKUP_RECIPIENT = env.list("BACKUP_RECIPIENT", default=[])
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
# A workbook of 500,000 rows by 16 columns is some 62 MB.
ROSTER_MAX_BYTES = env.int("ROSTER_MAX_BYTES", default=80_000_000)
ROSTER_MAX_ROWS = env.int("ROSTER_MAX_ROWS", default=500_000)
ROSTER_KEPT_DAYS = env.int("ROSTER_KEPT_DAYS", default=30)
# Of the process that opens an upload: 500,000 rows of 20 columns take 1.3 GB and 10 s of it.
ROSTER_READER_MEMORY = env.int("ROSTER_READER_MEMORY", default=2_000_000_000)
ROSTER_READER_SECONDS = env.int("ROSTER_READER_SECONDS", default=60)

SECURE_COOKIES = not DEMO
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = SECURE_COOKIES
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 0 if DEMO else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_COOKIES
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "ejsika.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

PROCRASTINATE_ON_APP_READY = "ejsika.database.worker.on_app_ready"
# What the clock asks for every minute would leave a million rows a year; only what failed stays to be looked at.
PROCRASTINATE_WORKER_DEFAULTS = {
    "delete_jobs": "successful",
    "update_heartbeat_interval": 3,
    "stalled_worker_timeout": 15,
}
# Who says nothing for so long is dead; how often is looked for such (cron, with the seconds as a sixth field).
QUEUE_SILENCE_SECONDS = 15
QUEUE_LOOKED_AFTER = "* * * * * */20"
PROCRASTINATE_IMPORT_PATHS = [
    "ejsika.jobs.tasks",
    "ejsika.jobs.upkeep",
    "ejsika.imports.tasks",
    "ejsika.imports.upkeep",
]
PROCRASTINATE_IMPORT_PATHS += ["beneficiaries.tasks"]

# Banten; no tile server by default (place names and cells are drawn by us), one may be named.
MAP_TILES = env.str("MAP_TILES", default="")
MAP_TILES_ATTRIBUTION = env.str("MAP_TILES_ATTRIBUTION", default="")
LEAFLET_CONFIG = {"TILES": [], "NO_GLOBALS": False, "RESET_VIEW": False}
if MAP_TILES:
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["img-src"].append(MAP_TILES.split("/{")[0].replace("{s}", "*"))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "ejsika.lib.logs.LineFormatter", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "procrastinate": {"level": "WARNING"},
        # What ejsika.request says of every request in one line; the cause of a failure is still told.
        "django.request": {"level": "ERROR"},
        "django.server": {"handlers": ["console"], "level": "CRITICAL", "propagate": False},
    },
}

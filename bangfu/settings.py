"""One file, read from the environment only; SQLite in the data folder when nothing is set.

BANGFU_DATA        the data folder: database, files, secret key, encryption key (default: data/ beside the code)
BANGFU_DATABASE    a PostgreSQL address (postgresql://user:password@host:port/name); unset: SQLite in the data folder
BANGFU_KEY_FILE    the encryption key's file (default: encryption.key in the data folder)
BANGFU_HOSTS       names under which the pages are reached, comma-separated (default: localhost)
BANGFU_DEBUG       1 while developing
"""

from __future__ import annotations

import os
import secrets
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent
DATA = Path(os.environ.get("BANGFU_DATA") or BASE_DIR.parent / "data").resolve()
DEBUG = os.environ.get("BANGFU_DEBUG") == "1"


def kept_secret(name: str) -> str:
    """A secret made at first start and kept in the data folder, readable by its owner only."""
    path = DATA / name
    if not path.exists():
        DATA.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


SECRET_KEY = os.environ.get("BANGFU_SECRET_KEY") or kept_secret("secret.key")
ALLOWED_HOSTS = [h for h in os.environ.get("BANGFU_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if h]


def database(address: str) -> dict[str, Any]:
    """Django's settings for a PostgreSQL address, or for SQLite in the data folder. Raises ImproperlyConfigured for any other address."""
    if not address:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA / "bangfu.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",  # a writer waits at its first word instead of failing in the middle
                "timeout": 20,
                # FULL: the last voucher survives a power cut; recursive_triggers: REPLACE meets the append-only triggers too
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA recursive_triggers=ON;PRAGMA mmap_size=134217728;"
                "PRAGMA journal_size_limit=27103364;PRAGMA cache_size=-65536;PRAGMA temp_store=MEMORY;",
            },
        }
    parts = urlsplit(address)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(
            "BANGFU_DATABASE 应写成 postgresql://用户:密码@主机:端口/库名 (write postgresql://user:password@host:port/name)"
        )
    options = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(options.pop("host", parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": "-c jit=off"} | options,  # compiling a figure's query takes longer than answering it
    }


DATABASES = {"default": database(os.environ.get("BANGFU_DATABASE", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "bangfu.ledger",
    "bangfu.office",
    "bangfu.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "bangfu.web.middleware.policy",
    "bangfu.web.api.problems",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "bangfu.web.middleware.SignedIn",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "bangfu.web.urls"
WSGI_APPLICATION = "bangfu.web.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "web" / "templates"],
        "OPTIONS": {"environment": "bangfu.web.templating.environment"},
    },
]

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
AXES_FAILURE_LIMIT = 6
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "bangfu.web.errors.locked_out"
AXES_RESET_ON_SUCCESS = True

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
NINJA = find_spec("ninja")  # found, not imported: it takes as long as all of Django, and only the API needs it
STATICFILES_DIRS = [BASE_DIR / "web" / "static", *([Path(NINJA.origin).parent / "static"] if NINJA and NINJA.origin else [])]
STATIC_ROOT = DATA / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 7 * 24 * 3600  # addresses carry a mark of the content (web/templating.asset)

LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
CSRF_FAILURE_VIEW = "bangfu.web.errors.csrf_failure"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

LOGGING = {  # faults go to the standard error of the server; who looked for an address that is not there is nobody's business
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django.request": {"level": "ERROR"}},
}

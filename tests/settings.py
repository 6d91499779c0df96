"""The settings of the tests: a data folder of this run alone, so that no test ever touches the office's own.

BANGFU_TEST_DATABASE   a PostgreSQL address (its server gets a database test_…); unset: SQLite
"""

import atexit
import os
import shutil
import tempfile

os.environ["BANGFU_DATA"] = tempfile.mkdtemp(prefix="bangfu-test-")
atexit.register(shutil.rmtree, os.environ["BANGFU_DATA"], ignore_errors=True)
os.environ["BANGFU_DATABASE"] = os.environ.get("BANGFU_TEST_DATABASE", "")
for name in ("BANGFU_HOSTS", "BANGFU_DEBUG", "BANGFU_SECRET_KEY", "BANGFU_PROGRAMME", "BANGFU_LANG"):
    os.environ.pop(name, None)

from bangfu.settings import *  # noqa: E402, F403 - the environment comes first

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick, and these passwords guard nothing

for options in (one["OPTIONS"] for one in DATABASES.values() if "sqlite3" in one["ENGINE"]):  # noqa: F405
    options["init_command"] += "PRAGMA synchronous=OFF;"  # a run that is cut off is begun anew
STATIC_ROOT.mkdir()  # noqa: F405 - whitenoise looks there first

"""The WSGI application: `granian --interface wsgi bangfu.web.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bangfu.settings")
application = get_wsgi_application()

import bangfu.web.urls  # noqa: E402, F401 - all pages are read in before the first of them is asked for

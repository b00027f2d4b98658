"""Create-order with Django REST Framework: nested serializers, a JSONField, its authtoken application, SQLite."""

import os
import tempfile

from django.conf import settings

folder = tempfile.TemporaryDirectory(prefix="orders-")  # Goes when the server ends.

settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{folder.name}/db.sqlite3"}},
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "rest_framework",
        "rest_framework.authtoken",
        "orders",
    ],
    MIDDLEWARE=["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.TokenAuthentication"],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "EXCEPTION_HANDLER": "orders.errors.exception_handler",
    },
    ROOT_URLCONF="orders.urls",
    SECRET_KEY="signs nothing",
    TIME_ZONE="UTC",
    USE_TZ=True,
)

from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()

call_command("migrate", run_syncdb=True, verbosity=0)

from django.contrib.auth.models import User  # noqa: E402
from rest_framework.authtoken.models import Token  # noqa: E402

Token.objects.create(user=User.objects.create_user("lab"), key=os.environ["SPOT_API_TOKEN"])

"""Create-order with Django REST Framework, no database: nested serializers, a DictField, one token in the settings."""

import os

from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["*"],
    API_TOKEN=os.environ["SPOT_API_TOKEN"],
    INSTALLED_APPS=["rest_framework"],
    MIDDLEWARE=["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": ["shared_token.SharedTokenAuthentication"],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
        "EXCEPTION_HANDLER": "views.exception_handler",
        "UNAUTHENTICATED_USER": None,
    },
    ROOT_URLCONF="views",
    SECRET_KEY="signs nothing",
    STATIC_URL="static/",
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    TIME_ZONE="UTC",
    USE_TZ=True,
)

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()

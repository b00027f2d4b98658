from django.conf import settings
from django.utils.crypto import constant_time_compare
from rest_framework import exceptions
from rest_framework.authentication import TokenAuthentication


class Laboratory:
    is_authenticated = True


class SharedTokenAuthentication(TokenAuthentication):
    def authenticate_credentials(self, key):
        if not constant_time_compare(key, settings.API_TOKEN):
            raise exceptions.AuthenticationFailed("Invalid token.")
        return Laboratory(), key

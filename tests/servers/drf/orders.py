"""Serializers, token and view of the create-order operation."""

import hmac
import re
import uuid
from datetime import UTC, datetime

from django.conf import settings
from django.core.validators import RegexValidator
from fields import ChoiceField, EmailField, KitTypesField, MetadataField, ObjectSerializer, TextField
from parsing import AlwaysJSON, BoundedFormParser, BoundedJSONParser, BoundedMultiPartParser
from places import POSTAL_CODES, STATES
from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

PHONE = RegexValidator(
    re.compile(r"\A[+(]?[-0-9+(). /]{6,30}(( ?x ?|,? ?ext\.? ?)[0-9]{1,6})?\Z", re.IGNORECASE),
    "Enter a valid phone number.",
)


class AddressSerializer(ObjectSerializer):
    street1 = TextField(max_length=200)
    street2 = TextField(max_length=200, required=False, allow_null=True, allow_blank=True, default=None)
    city = TextField(max_length=100)
    state = TextField(max_length=100)
    country = ChoiceField(choices=["US", "CA"])
    zip = TextField(max_length=20)

    def validate(self, attrs):
        if attrs["state"] not in STATES[attrs["country"]]:
            raise ValidationError({"state": "Not a state or province of this country."})
        if not POSTAL_CODES[attrs["country"]].fullmatch(attrs["zip"]):
            raise ValidationError({"zip": "Not a postal code of this country."})
        return attrs


class RecipientSerializer(ObjectSerializer):
    first_name = TextField(max_length=100)
    last_name = TextField(max_length=100)
    email = EmailField(max_length=254)
    phone = TextField(max_length=40, validators=[PHONE])
    address = AddressSerializer()


class OrderSerializer(ObjectSerializer):
    kit_types = KitTypesField(allow_empty=False, max_length=100)
    recipient = RecipientSerializer()
    metadata = MetadataField(required=False, allow_null=True, default=dict)


class Account:
    is_authenticated = True


class OneTokenAuthentication(TokenAuthentication):
    def authenticate_credentials(self, key):
        if not hmac.compare_digest(key.encode(), settings.SPOT_TOKEN.encode()):
            raise AuthenticationFailed("Invalid token.")
        return Account(), key


class OrdersView(APIView):
    authentication_classes = [OneTokenAuthentication]
    permission_classes = [IsAuthenticated]
    parser_classes = [BoundedJSONParser, BoundedFormParser, BoundedMultiPartParser]
    renderer_classes = [JSONRenderer]
    content_negotiation_class = AlwaysJSON

    def post(self, request):
        serializer = OrderSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        order = {
            "order_id": str(uuid.uuid4()),
            # DRF's encoder would cut a datetime down to milliseconds and `Z`; the text is ours.
            "created": datetime.now(UTC).isoformat(timespec="microseconds"),
            "status": "pending",
            "kits": [],
            **serializer.validated_data,
        }
        return Response(order, status=201)

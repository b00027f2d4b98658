import itertools

from django.urls import path
from django.utils import timezone
from rest_framework import serializers, status, views
from rest_framework.response import Response

TYPES = {400: "bad_request", 401: "unauthorized", 403: "forbidden", 404: "not_found", 429: "rate_limit_exceeded"}
numbers = itertools.count(1000001)


class AddressSerializer(serializers.Serializer):
    street1 = serializers.CharField(max_length=255)
    street2 = serializers.CharField(max_length=255, required=False, allow_null=True, allow_blank=True)
    city = serializers.CharField(max_length=255)
    state = serializers.CharField(max_length=255)
    country = serializers.ChoiceField(choices=["US", "CA"])
    zip = serializers.CharField(max_length=32)


class RecipientSerializer(serializers.Serializer):
    first_name = serializers.CharField(max_length=255)
    last_name = serializers.CharField(max_length=255)
    email = serializers.CharField(max_length=255)
    phone = serializers.CharField(max_length=32)
    address = AddressSerializer()


class CreateOrderSerializer(serializers.Serializer):
    kit_types = serializers.ListField(child=serializers.CharField(), allow_empty=False)
    recipient = RecipientSerializer()
    metadata = serializers.DictField(required=False, allow_null=True)


class OrdersView(views.APIView):
    def post(self, request):
        serializer = CreateOrderSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        order = {
            "order_id": f"O{next(numbers)}",
            "created": timezone.now(),
            "status": "pending",
            "kits": [],
            **serializer.validated_data,
        }
        return Response(order, status=status.HTTP_201_CREATED)


def messages(detail, place=""):
    """DRF's nested messages, each with its place in front."""
    if isinstance(detail, dict):
        for name, below in detail.items():
            yield from messages(below, f"{place}.{name}" if place else str(name))
    elif isinstance(detail, list):
        for below in detail:
            yield from messages(below, place)
    else:
        yield f"{place}: {detail}" if place else str(detail)


def exception_handler(exc, context):
    response = views.exception_handler(exc, context)
    if response is None:
        return None
    detail = response.data["detail"] if set(response.data) == {"detail"} else " ".join(messages(response.data))
    kind = TYPES.get(response.status_code, "bad_request")
    response.data = {"error": {"status": response.status_code, "type": kind, "detail": detail}}
    return response


urlpatterns = [path("api/v2/orders/", OrdersView.as_view())]

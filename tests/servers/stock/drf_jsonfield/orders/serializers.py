from rest_framework import serializers

from .models import Order


class AddressSerializer(serializers.Serializer):
    street1 = serializers.CharField()
    street2 = serializers.CharField(required=False, allow_null=True)
    city = serializers.CharField()
    state = serializers.CharField()
    country = serializers.ChoiceField(choices=["US", "CA"])
    zip = serializers.CharField()


class RecipientSerializer(serializers.Serializer):
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    email = serializers.EmailField()
    phone = serializers.CharField()
    address = AddressSerializer()


class OrderSerializer(serializers.ModelSerializer):
    recipient = RecipientSerializer()
    kit_types = serializers.ListField(child=serializers.CharField())
    kits = serializers.ListField(read_only=True)
    metadata = serializers.JSONField(required=False, allow_null=True)

    class Meta:
        model = Order
        fields = ["order_id", "status", "recipient", "kit_types", "kits", "created", "updated", "metadata"]
        read_only_fields = ["status"]

    def create(self, validated_data):
        return Order.objects.create(**validated_data)

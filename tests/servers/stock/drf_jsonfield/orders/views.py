from rest_framework import generics

from .models import Order
from .serializers import OrderSerializer


class OrderCreate(generics.CreateAPIView):
    queryset = Order.objects.all()
    serializer_class = OrderSerializer

    def perform_create(self, serializer):
        serializer.save(placed_by=self.request.user)

"""The one path. Everything else gets Django's own HTML page for 404."""

from django.urls import path
from orders import OrdersView

urlpatterns = [path("api/v2/orders/", OrdersView.as_view())]

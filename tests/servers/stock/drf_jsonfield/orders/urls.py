from django.urls import path

from .views import OrderCreate

urlpatterns = [path("api/v2/orders/", OrderCreate.as_view())]
handler404 = "orders.errors.not_found"
handler500 = "orders.errors.server_error"

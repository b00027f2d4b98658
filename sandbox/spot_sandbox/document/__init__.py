"""The published OpenAPI document as the service needs it: operations and compiled request schemas. No orders."""

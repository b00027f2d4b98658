"""The service: what happens to a request, step by step, and the create-order operation. It knows no fault."""

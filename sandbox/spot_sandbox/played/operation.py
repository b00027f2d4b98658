"""One operation that is answered from the document."""

import dataclasses
from functools import cached_property

from spot_sandbox.document.operations import DocumentError, Operation
from spot_sandbox.document.schema import SchemaError
from spot_sandbox.http.messages import Answer, Refusal, Request
from spot_sandbox.played.answers import check_answer, example_answer
from spot_sandbox.played.credentials import Credentials
from spot_sandbox.played.examples import Examples
from spot_sandbox.played.requests import Parameters


class Played:
    """Validates requests of the operation and answers with its example. It stores nothing."""

    def __init__(self, operation: Operation) -> None:
        self._operation = operation
        self._examples = Examples(operation.document)
        try:
            self.parameters = Parameters(operation)
            self.authorize = Credentials(operation).authorize
            check_answer(operation, self._examples)
        except (SchemaError, AttributeError, KeyError, TypeError, ValueError) as error:
            place = f"{operation.method} {operation.template}"
            raise DocumentError(f"the document cannot be used: {place} is not valid OpenAPI ({error})") from None

    @cached_property
    def _example(self) -> Answer:
        return example_answer(self._operation, self._examples)

    def answer(self) -> Answer:
        """The example answer of the operation, marked as such."""
        return dataclasses.replace(self._example, headers=[*self._example.headers])

    def media_type(self, request: Request) -> str | None:
        """The documented media type or range that matches the request body; None without a body.

        Raises Refusal for an undocumented media type and for a missing required body.
        """
        bodies = self._operation.bodies
        stated = request.header(b"content-type")
        is_empty = request.header(b"content-length") in ([], [b"0"]) and not request.header(b"transfer-encoding")
        if not bodies or (is_empty and not self._operation.body_required):
            return None
        if is_empty:
            raise Refusal(400, "The body is empty; this operation requires one.")
        name = b"".join(stated).partition(b";")[0].strip().lower().decode("latin-1")
        for candidate in (name, f"{name.partition('/')[0]}/*", "*/*"):
            if candidate in bodies:
                return candidate
        raise Refusal(415, "The Content-Type header must be one of " + ", ".join(bodies) + ".")

"""Strict models: no type is coerced, no required text is empty, and none holds control characters."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

ADDRESS = r"[^@\s\x00-\x1f]+"

Text = Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00-\x1f\x7f]+$")]
OptionalText = Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")]
Email = Annotated[str, StringConstraints(max_length=320, pattern=rf"^{ADDRESS}@{ADDRESS}\.{ADDRESS}$")]
Phone = Annotated[str, StringConstraints(pattern=r"^[0-9+()./ xXeEtT,#-]{7,40}$")]
PostalCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z -]{3,10}$")]


def order_model(extra):
    """The model of an order; `extra` is pydantic's word for what becomes of undeclared properties."""

    class Strict(BaseModel):
        model_config = ConfigDict(strict=True, extra=extra)

    class Address(Strict):
        street1: Text
        street2: OptionalText | None = None
        city: Text
        state: Text
        country: Literal["US", "CA"]
        zip: PostalCode

    class Recipient(Strict):
        first_name: Text
        last_name: Text
        email: Email
        phone: Phone
        address: Address

    class Order(Strict):
        kit_types: list[Text] = Field(min_length=1, max_length=50)
        recipient: Recipient
        metadata: dict[Any, Any] | None = None

    return Order

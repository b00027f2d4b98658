"""Realistic orders that are refused."""

import re
from typing import Any

from spot_sandbox.faults.catalogue import fault
from spot_sandbox.hooks.steps import on_problems, refuse_field
from spot_sandbox.hooks.trees import is_list, is_object
from spot_sandbox.http.messages import Body, Request
from spot_sandbox.orders.service import Service

CHAPTER = "success"
REALISTIC = "a realistic order is answered with 201, always"
MOST_KITS, LONGEST_NAME, LONGEST_STREET = 5, 30, 40


@fault(CHAPTER, REALISTIC, "rare")
def delaware_refused(service: Service) -> None:
    """The state DE is refused."""
    refuse_field(service, "recipient.address.state", lambda state: state == "DE")


@fault(CHAPTER, REALISTIC, "rare")
def nunavut_refused(service: Service) -> None:
    """The territory NU is refused."""
    refuse_field(service, "recipient.address.state", lambda state: state == "NU")


@fault(CHAPTER, REALISTIC)
def canada_refused(service: Service) -> None:
    """The country CA is refused."""
    refuse_field(service, "recipient.address.country", lambda country: country == "CA")


@fault(CHAPTER, REALISTIC, "rare")
def canadian_postal_codes_refused(service: Service) -> None:
    """A postal code that starts with a letter is refused."""
    refuse_field(service, "recipient.address.zip", lambda zip_code: zip_code[:1].isalpha())


@fault(CHAPTER, REALISTIC, "rare")
def zip_plus_four_refused(service: Service) -> None:
    """A nine-digit ZIP code is refused."""
    refuse_field(service, "recipient.address.zip", lambda zip_code: re.fullmatch(r"\d{5}-\d{4}", zip_code) is not None)


@fault(CHAPTER, REALISTIC, "rare")
def zip_with_leading_zero_refused(service: Service) -> None:
    """A ZIP code that starts with 0 is refused."""
    refuse_field(service, "recipient.address.zip", lambda zip_code: zip_code.startswith("0"))


@fault(CHAPTER, REALISTIC, "rare")
def apostrophe_refused(service: Service) -> None:
    """A last name with an apostrophe is refused, as by a filter against SQL injection."""
    refuse_field(service, "recipient.last_name", lambda name: "'" in name or "\u2019" in name)


@fault(CHAPTER, REALISTIC, "rare")
def hyphen_refused(service: Service) -> None:
    """A last name with a hyphen is refused."""
    refuse_field(service, "recipient.last_name", lambda name: "-" in name)


@fault(CHAPTER, REALISTIC, "rare")
def names_beyond_ascii_refused(service: Service) -> None:
    """A first name with a character outside ASCII is refused."""
    refuse_field(service, "recipient.first_name", lambda name: not name.isascii())


@fault(CHAPTER, REALISTIC, "rare")
def names_beyond_latin_1_refused(service: Service) -> None:
    """A first name with a character outside Latin-1 is refused."""
    refuse_field(service, "recipient.first_name", lambda name: any(ord(each) > 255 for each in name))  # noqa: PLR2004 - Latin-1 ends there.


@fault(CHAPTER, REALISTIC, "rare")
def long_names_refused(service: Service) -> None:
    """A last name of more than 30 characters is refused."""
    refuse_field(service, "recipient.last_name", lambda name: len(name) > LONGEST_NAME)


@fault(CHAPTER, REALISTIC, "rare")
def long_streets_refused(service: Service) -> None:
    """A street1 of more than 40 characters is refused."""
    refuse_field(service, "recipient.address.street1", lambda street: len(street) > LONGEST_STREET)


@fault(CHAPTER, REALISTIC, "rare")
def one_letter_names_refused(service: Service) -> None:
    """A first name with a single character is refused."""
    refuse_field(service, "recipient.first_name", lambda name: len(name) == 1)


@fault(CHAPTER, REALISTIC, "rare")
def plus_in_email_refused(service: Service) -> None:
    """An email address with a plus is refused."""
    refuse_field(service, "recipient.email", lambda email: "+" in email)


@fault(CHAPTER, REALISTIC, "rare")
def upper_case_email_refused(service: Service) -> None:
    """An email address with an upper-case letter is refused."""
    refuse_field(service, "recipient.email", lambda email: email != email.lower())


@fault(CHAPTER, REALISTIC, "rare")
def phone_must_be_digits(service: Service) -> None:
    """A phone number with any character other than digits is refused."""
    refuse_field(service, "recipient.phone", lambda phone: not phone.isdigit())


@fault(CHAPTER, REALISTIC, "rare")
def international_phone_refused(service: Service) -> None:
    """A phone number that starts with a plus is refused."""
    refuse_field(service, "recipient.phone", lambda phone: phone.startswith("+"))


@fault(CHAPTER, REALISTIC, "rare")
def repeated_kit_types_refused(service: Service) -> None:
    """An order that contains a kit type twice is refused."""
    refuse_field(service, "kit_types", lambda kit_types: len(set(kit_types)) < len(kit_types))


@fault(CHAPTER, REALISTIC, "rare")
def more_than_five_kits_refused(service: Service) -> None:
    """An order of more than five kits is refused."""
    refuse_field(service, "kit_types", lambda kit_types: len(kit_types) > MOST_KITS)


@fault(CHAPTER, REALISTIC, "rare")
def nested_metadata_refused(service: Service) -> None:
    """Metadata with objects or lists is refused."""
    refuse_field(
        service, "metadata", lambda metadata: any(is_object(each) or is_list(each) for each in metadata.values())
    )


@fault(CHAPTER, REALISTIC, "rare")
def empty_metadata_refused(service: Service) -> None:
    """An empty metadata object is refused."""
    refuse_field(service, "metadata", lambda metadata: not metadata)


@fault(CHAPTER, REALISTIC, "rare", hook=on_problems)
def null_metadata_refused(_request: Request, body: Body, found: dict[str, str]) -> None:
    """Metadata with the value null is refused."""
    if not found and "metadata" in body.tree and body.tree["metadata"] is None:
        found["metadata"] = "The metadata field must be of type object."


@fault(CHAPTER, REALISTIC, "rare", hook=on_problems)
def metadata_required(_request: Request, body: Body, found: dict[str, str]) -> None:
    """An order without metadata is refused."""
    if not found and "metadata" not in body.tree:
        found["metadata"] = "The metadata field is required."


@fault(CHAPTER, REALISTIC, "rare", hook=on_problems)
def null_street2_refused(_request: Request, body: Body, found: dict[str, str]) -> None:
    """A street2 with the value null is refused."""
    address: dict[str, Any] = {} if found else body.tree["recipient"]["address"]
    if "street2" in address and address["street2"] is None:
        found["recipient.address.street2"] = "The street2 field must be of type string."


@fault(CHAPTER, REALISTIC, "rare", hook=on_problems)
def street2_required(_request: Request, body: Body, found: dict[str, str]) -> None:
    """An address without street2 is refused."""
    if not found and "street2" not in body.tree["recipient"]["address"]:
        found["recipient.address.street2"] = "The street2 field is required."

"""The models among other tools: type hints, pydantic, FastAPI, attrs, and dicts with misspelt keys."""

import copy
import datetime as dt
import inspect
import pickle
import typing
import weakref

import attrs
import pytest
import spot_api_client
from client_orders import METADATA, a_recipient, an_address, an_answer, an_order
from client_readers import assert_no_canary
from spot_api_client import (
    Address,
    AddressCountry,
    CreateOrder,
    CreateOrderMetadata,
    OrderEmpty,
    OrderStatus,
    Recipient,
    UnreadableError,
)
from spot_api_client.api.orders import create_order

CLASSES = [value for name in spot_api_client.__all__ if inspect.isclass(value := getattr(spot_api_client, name))]


class TestTypeHints:
    @pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
    def test_hints_of_each_public_class_and_its_methods_resolve(self, kind):
        typing.get_type_hints(kind)
        for _, member in inspect.getmembers(kind, inspect.isfunction):
            # attrs writes the constructors of models, away from their modules.
            if member.__module__.startswith("spot_api_client") and not (
                attrs.has(kind) and member.__name__ == "__init__"
            ):
                typing.get_type_hints(member)

    def test_hints_name_the_models(self):
        assert typing.get_type_hints(Recipient)["address"] is Address
        assert typing.get_type_hints(OrderEmpty)["created"] is dt.datetime

    def test_hints_of_the_endpoint_functions_resolve(self):
        for name in ("sync", "sync_detailed", "asyncio", "asyncio_detailed"):
            assert typing.get_type_hints(getattr(create_order, name))["body"] is CreateOrder


class TestPydantic:
    def test_models_are_fields_of_a_model(self):
        pydantic = pytest.importorskip("pydantic", reason="pydantic is not installed here")

        class Visit(pydantic.BaseModel):
            recipient: Recipient
            status: OrderStatus = OrderStatus.PENDING
            metadata: CreateOrderMetadata | None = None

        given = a_recipient()
        visit = Visit(recipient=given, metadata=CreateOrderMetadata(METADATA))
        assert visit.recipient is given
        text = visit.model_dump_json()
        again = Visit.model_validate_json(text)
        assert again.recipient == given
        assert again.metadata == METADATA
        assert visit.model_dump()["recipient"] == given.to_dict()
        assert Visit.model_validate({"recipient": given.to_dict(), "status": "shipped"}).status == "shipped"
        assert not Visit(recipient=given, status="shipped").status.is_known

    def test_misspelt_and_missing_properties_are_refused_by_name(self):
        pydantic = pytest.importorskip("pydantic", reason="pydantic is not installed here")
        adapter = pydantic.TypeAdapter(Recipient)
        address = {**an_address().to_dict(), "street_2": "Apt. 2"}
        for value, message in (
            ({**a_recipient().to_dict(), "address": address}, r"address\.street_2 is unknown: did you mean street2\?"),
            ({}, "first_name is missing"),
            (5, "Recipient must be an object"),
        ):
            with pytest.raises(pydantic.ValidationError, match=message):
                adapter.validate_python(value)

    def test_schema_lists_the_properties(self):
        pydantic = pytest.importorskip("pydantic", reason="pydantic is not installed here")
        schema = pydantic.TypeAdapter(CreateOrder).json_schema()
        assert schema["required"] == ["kit_types", "recipient"]
        address = schema["properties"]["recipient"]["properties"]["address"]
        assert address["properties"]["zip"] == {"type": "string"}
        assert address["properties"]["country"]["examples"] == [country.value for country in AddressCountry]
        assert pydantic.TypeAdapter(OrderEmpty).json_schema(mode="serialization")["properties"]["created"] == {
            "type": "string",
            "format": "date-time",
        }

    def test_fastapi_takes_and_returns_models(self):
        fastapi = pytest.importorskip("fastapi", reason="FastAPI is not installed here")
        from fastapi.testclient import TestClient  # noqa: PLC0415 - where FastAPI is

        app = fastapi.FastAPI()

        @app.post("/visits")
        def visit(recipient: typing.Annotated[Recipient, fastapi.Body()]) -> OrderEmpty:
            return OrderEmpty.from_dict(an_answer(recipient=recipient.to_dict()))

        with TestClient(app) as browser:
            answer = browser.post("/visits", json=a_recipient().to_dict())
            assert answer.status_code == 200
            assert answer.json()["recipient"] == a_recipient().to_dict()
            assert answer.json()["order_id"] == "O1234567"
            assert browser.post("/visits", json={"first_name": "Ann"}).status_code == 422
            assert "first_name" in browser.get("/openapi.json").text

    def test_fastapi_takes_a_model_without_body_for_a_query_parameter(self):
        """The reason why the guide asks for Body(); where this changes, the guide can ask for less."""
        fastapi = pytest.importorskip("fastapi", reason="FastAPI is not installed here")
        app = fastapi.FastAPI()

        @app.post("/visits")
        def visit(recipient: Recipient, metadata: CreateOrderMetadata) -> None:
            print(recipient, metadata)

        dependant = app.routes[-1].dependant
        assert [parameter.name for parameter in dependant.query_params] == ["recipient"]
        assert [parameter.name for parameter in dependant.body_params] == ["metadata"]


@pytest.mark.parametrize("value", [a_recipient(), CreateOrderMetadata(METADATA), OrderEmpty.from_dict(an_answer())])
def test_models_can_be_held_weakly_and_copied(value):
    assert weakref.ref(value)() is value
    assert copy.deepcopy(value) == copy.copy(value) == pickle.loads(pickle.dumps(value)) == value


class TestCattrs:
    """Models as fields of a caller's own attrs class, with the two hooks that the guide shows."""

    @staticmethod
    def converter():
        cattrs = pytest.importorskip("cattrs", reason="cattrs is not installed here")
        converter = cattrs.Converter()
        converter.register_structure_hook_func(
            lambda kind: hasattr(kind, "from_dict"), lambda value, kind: kind.from_dict(value)
        )
        converter.register_unstructure_hook_func(lambda kind: hasattr(kind, "to_dict"), lambda value: value.to_dict())
        return converter

    def test_models_are_written_and_read_as_the_document_describes(self):
        converter = self.converter()

        @attrs.define
        class Visit:
            body: CreateOrder
            country: AddressCountry

        visit = Visit(CreateOrder(**an_order()), AddressCountry("XX"))
        written = converter.unstructure(visit)
        assert written == {"body": CreateOrder(**an_order()).to_dict(), "country": "XX"}
        assert converter.structure(written, Visit) == visit
        order = converter.structure(an_answer(), OrderEmpty)
        assert order == OrderEmpty.from_dict(an_answer())

    def test_unknown_key_is_refused(self):
        converter = self.converter()
        with pytest.raises(UnreadableError, match="first_nam is unknown: did you mean first_name"):
            converter.structure({**a_recipient().to_dict(), "first_nam": "Canary"}, Recipient)


class TestFromDict:
    @pytest.mark.parametrize("kind", [Recipient, Address, CreateOrder])
    def test_unknown_keys_of_requests_are_refused_by_default(self, kind):
        value = {Recipient: a_recipient(), Address: an_address(), CreateOrder: CreateOrder(**an_order())}[
            kind
        ].to_dict()
        with pytest.raises(UnreadableError, match=r"^x_ray is unknown: pass keep_unknown=True"):
            kind.from_dict({**value, "x_ray": "canary"})
        kept = kind.from_dict({**value, "x_ray": "red"}, keep_unknown=True)
        assert kept.additional_properties == {"x_ray": "red"}

    def test_unknown_key_deep_inside_is_named_with_its_place(self):
        order = CreateOrder(**an_order()).to_dict()
        order["recipient"]["address"]["street_2"] = "Apt. 2"
        with pytest.raises(UnreadableError, match=r"^recipient\.address\.street_2 is unknown: did you mean street2\?"):
            CreateOrder.from_dict(order)

    def test_unknown_keys_of_responses_are_kept_by_default(self):
        assert OrderEmpty.from_dict(an_answer(new=1)).additional_properties["new"] == 1
        with pytest.raises(UnreadableError, match="updated is unknown"):
            OrderEmpty.from_dict(an_answer(), keep_unknown=False)

    def test_metadata_stays_open(self):
        assert CreateOrder.from_dict(CreateOrder(**an_order()).to_dict()).metadata == METADATA

    def test_odd_key_is_not_repeated(self):
        with pytest.raises(UnreadableError) as caught:
            Address.from_dict({**an_address().to_dict(), "Canary, 1 Elm St": 1})
        assert_no_canary(str(caught.value))


class TestCopies:
    def test_evolve_and_copies_keep_extra_properties(self):
        one = Recipient.from_dict({**a_recipient().to_dict(), "title": "Dr"}, keep_unknown=True)
        for other in (attrs.evolve(one, first_name="Zed"), copy.copy(one), copy.deepcopy(one)):
            assert other.additional_properties == {"title": "Dr"}
        changed = attrs.evolve(one, phone="1")
        changed.additional_properties["title"] = "Prof"
        assert one.additional_properties == {"title": "Dr"}

    def test_extra_properties_may_be_given(self):
        extra = {"title": "Dr"}
        recipient = a_recipient(additional_properties=extra)
        extra["title"] = "Prof"
        assert recipient.to_dict()["title"] == "Dr"


def test_enumerations_are_those_of_python_at_run_time():
    assert list(AddressCountry)[:2] == [AddressCountry.US, AddressCountry.CA]
    assert AddressCountry["US"] is AddressCountry.US
    assert AddressCountry.US.value == "US"


def test_version_is_that_of_the_package():
    from importlib import metadata  # noqa: PLC0415 - this one test

    assert spot_api_client.__version__ == metadata.version("spot-api-client")
    assert metadata.metadata("spot-api-client").get_all("Project-URL")

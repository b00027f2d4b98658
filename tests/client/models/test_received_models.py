"""Lenient in reading: what the document does not know is kept, and never costs the order."""

import copy
import datetime as dt
import pickle

import attrs
import httpx2
import pytest
from client_orders import METADATA, an_answer, place
from spot_api_client import (
    UNSET,
    AddressCountry,
    KitStatus,
    OrderEmpty,
    OrderEmptyMetadata,
    OrderStatus,
    ResultGenotype,
    ResultQuantity,
    ResultReactivity,
    ResultReactivityResult,
    ShipmentCarrier,
    UnknownObject,
    UnreadableError,
    Unset,
)


def received(**changes):
    """The order that a 201 becomes."""
    transport = httpx2.MockTransport(lambda _: httpx2.Response(201, json=an_answer(**changes)))
    return place("sync", "http://localhost:1", transport=transport)


def results(*items):
    kit = {"sample": {"reports": [{"results": list(items)}]}}
    return received(kits=[kit]).kits[0].sample.reports[0].results


class TestOrder:
    def test_order_is_typed(self):
        order = received()
        assert type(order) is OrderEmpty
        assert order.order_id == "O1234567"
        assert order.status is OrderStatus.PENDING
        assert order.created == dt.datetime(2023, 1, 1, 4, 30, 11, 222000, dt.UTC)
        assert order.recipient.address.country is AddressCountry.US
        assert order.recipient.address.zip_ == "02134"
        assert order.kit_types == ["health_kit_1", "health_kit_2"]
        assert order.kits == []

    def test_extra_properties_are_kept(self):
        order = received(updated="2024", recipient={**an_answer()["recipient"], "title": "Dr"})
        assert order.additional_properties == {"updated": "2024"}
        assert order.recipient.additional_properties == {"title": "Dr"}
        assert order.to_dict() == an_answer(updated="2024", recipient={**an_answer()["recipient"], "title": "Dr"}) | {
            "created": "2023-01-01T04:30:11.222000+00:00"
        }

    def test_unknown_status_is_kept(self):
        order = received(status="shipped")
        assert isinstance(order.status, OrderStatus)
        assert order.status == "shipped"
        assert str(order.status) == "shipped"
        assert not order.status.is_known
        assert OrderStatus.PENDING.is_known
        assert "shipped" not in list(OrderStatus)

    def test_body_need_not_say_that_it_is_json(self):
        import json  # noqa: PLC0415 - for this one body

        content = json.dumps(an_answer()).encode()
        for headers in ({}, {"Content-Type": "text/html"}, {"Content-Type": "application/json; charset=latin-1"}):
            transport = httpx2.MockTransport(
                lambda _, headers=headers: httpx2.Response(201, content=content, headers=headers)
            )
            assert place("sync", "http://localhost:1", transport=transport).order_id == "O1234567"

    def test_metadata_of_an_order_is_a_mapping(self):
        metadata = received().metadata
        assert type(metadata) is OrderEmptyMetadata
        assert metadata == METADATA
        assert metadata != {**METADATA, "more": 1}
        assert metadata["nested"]["n"][0] == 1
        assert dict(metadata) == METADATA
        assert {**metadata} == METADATA
        assert metadata.get("absent") is None
        assert copy.deepcopy(metadata) == metadata
        assert pickle.loads(pickle.dumps(metadata)) == metadata

    def test_absent_null_and_empty_metadata_differ(self):
        body = an_answer()
        del body["metadata"]
        assert OrderEmpty.from_dict(body).metadata is UNSET
        assert received(metadata=None).metadata is None
        assert received(metadata={}).metadata == {}

    def test_numbers_beyond_2_to_the_53_are_kept(self):
        metadata = {"n": 9007199254740993, "m": -(10**40), "f": 0.1}
        assert dict(received(metadata=metadata).metadata) == metadata

    def test_orders_are_equal_by_content_copied_and_pickled(self):
        one, other = received(), received()
        assert one == other
        assert received(order_id="O8") != one
        assert pickle.loads(pickle.dumps(one)) == one
        assert copy.deepcopy(one) == one
        assert attrs.evolve(one, order_id="O9").order_id == "O9"

    def test_nothing_of_one_order_shows_in_another(self):
        one, other = received(), received()
        one.metadata["mine"] = 1
        one.kits.append("kit")
        one.additional_properties["mine"] = 1
        assert other.metadata == METADATA
        assert other.kits == []
        assert "mine" not in other.additional_properties


class TestKits:
    def test_unknown_values_deep_in_an_order_are_kept(self):
        shipment = {"carrier": "pigeon", "tracking_number": None}
        kit = {"kit_id": "S1", "status": "lost", "shipment_to_customer": shipment, "new": [1]}
        kit = received(kits=[kit]).kits[0]
        assert kit.status == "lost"
        assert isinstance(kit.status, KitStatus)
        assert kit.shipment_to_customer.carrier == "pigeon"
        assert kit.shipment_to_customer.tracking_number is None
        assert kit.additional_properties == {"new": [1]}

    def test_null_carrier_is_none(self):
        kit = {"shipment_to_customer": {"carrier": None}}
        assert received(kits=[kit]).kits[0].shipment_to_customer.carrier is None
        assert ShipmentCarrier("ups") is ShipmentCarrier.UPS

    def test_result_type_decides_the_class(self):
        one, two, three = results(
            {"result_type": "quantity", "result": "<10", "range_minimum": 20},
            {"result_type": "reactivity", "result": "indeterminate"},
            {"result_type": "genotype", "result": "TT"},
        )
        assert type(one) is ResultQuantity
        assert (one.result, one.range_minimum) == ("<10", 20)
        assert type(two) is ResultReactivity
        assert isinstance(two.result, ResultReactivityResult)
        assert two.result == "indeterminate"
        assert type(three) is ResultGenotype

    @pytest.mark.parametrize("item", [{"result_type": "image", "url": "x"}, {"result": "TT"}, {"result_type": ["odd"]}])
    def test_unknown_kind_of_result_is_kept_as_it_came(self, item):
        (result,) = results(item)
        assert type(result) is UnknownObject
        assert result == item
        assert result.to_dict() == item

    def test_null_report_is_none(self):
        assert received(kits=[{"sample": {"reports": [None]}}]).kits[0].sample.reports == [None]


class TestCreated:
    @pytest.mark.parametrize(
        ("text", "moment"),
        [
            ("2023-01-01T04:30:11Z", dt.datetime(2023, 1, 1, 4, 30, 11, 0, dt.UTC)),
            ("2023-01-01t04:30:11z", dt.datetime(2023, 1, 1, 4, 30, 11, 0, dt.UTC)),
            ("2023-01-01 04:30:11Z", dt.datetime(2023, 1, 1, 4, 30, 11, 0, dt.UTC)),
            ("2023-01-01T04:30:11.2Z", dt.datetime(2023, 1, 1, 4, 30, 11, 200000, dt.UTC)),
            ("2023-01-01T04:30:11.123456789Z", dt.datetime(2023, 1, 1, 4, 30, 11, 123456, dt.UTC)),
            ("2023-01-01T04:30:11.222+00:00", dt.datetime(2023, 1, 1, 4, 30, 11, 222000, dt.UTC)),
            ("2023-01-01T04:30:11-00:00", dt.datetime(2023, 1, 1, 4, 30, 11, 0, dt.UTC)),
            ("2023-01-01T04:30:11+05:45", dt.datetime(2022, 12, 31, 22, 45, 11, 0, dt.UTC)),
            ("2023-01-01T04:30:11-23:59", dt.datetime(2023, 1, 2, 4, 29, 11, 0, dt.UTC)),
            ("2016-12-31T23:59:60Z", dt.datetime(2017, 1, 1, 0, 0, 0, 0, dt.UTC)),
            ("2016-12-31T23:59:60.5Z", dt.datetime(2017, 1, 1, 0, 0, 0, 0, dt.UTC)),
            ("2024-02-29T00:00:00Z", dt.datetime(2024, 2, 29, 0, 0, 0, 0, dt.UTC)),
        ],
    )
    def test_rfc_3339_is_read(self, text, moment):
        created = received(created=text).created
        assert created == moment
        assert created.utcoffset() is not None

    @pytest.mark.parametrize(
        "text",
        [
            "2023-01-01T04:30:11",
            "2023-01-01",
            "2023-W01-1T04:30:11Z",
            "20230101T043011Z",
            "2023-001T04:30:11Z",
            "2023-01-01T04:30Z",
            "2023-01-01T04:30:11+05",
            "2023-01-01T04:30:11+0545",
            "2023-01-01T04:30:11,5Z",
            "2023-01-01T04:30:11.Z",
            "2023-02-30T04:30:11Z",
            "2023-01-01T24:00:00Z",
            "2023-01-01T04:30:61Z",
            "2023-01-01T04:30:11+24:00",
            "9999-12-31T23:59:60Z",
            "٢٠٢٣-01-01T04:30:11Z",
            "2023-01-01T04:30:11Z\n",
            "",
        ],
    )
    def test_all_else_is_not(self, text):
        with pytest.raises(UnreadableError, match=r"^created is not a datetime with an offset$"):
            OrderEmpty.from_dict(an_answer(created=text))


class TestUnset:
    def test_unset_is_one_and_false(self):
        assert not UNSET
        assert Unset() is UNSET
        assert copy.deepcopy(UNSET) is UNSET
        assert pickle.loads(pickle.dumps(UNSET)) is UNSET
        assert repr(UNSET) == "UNSET"


class TestEnumerations:
    def test_unknown_members_are_equal_hashed_copied_and_pickled_by_value(self):
        one, other = OrderStatus("shipped"), OrderStatus("shipped")
        assert one == other
        assert len({one, other, "shipped"}) == 1
        assert pickle.loads(pickle.dumps(one)) == one
        assert copy.deepcopy(one) == one
        assert one.name == "UNKNOWN"
        assert one.value == "shipped"

    def test_unknown_members_do_not_pile_up(self):
        for number in range(1000):
            OrderStatus(f"status-{number}")
        assert len(OrderStatus._value2member_map_) == len(list(OrderStatus))

    def test_other_types_are_no_members(self):
        with pytest.raises(ValueError, match="OrderStatus"):
            OrderStatus(5)

"""What goes out is exactly what was given, or nothing."""

import datetime as dt
import json
import types
from collections import UserList
from decimal import Decimal
from enum import Enum, StrEnum
from urllib.parse import parse_qsl

import httpx2
import pytest
from client_orders import ENCODINGS, JSON, MULTIPART, URLENCODED, a_recipient, an_address, an_answer, an_order, place
from spot_api_client import UNSET, AddressCountry, CreateOrder, CreateOrderMetadata, KitEvent, KitStatus

URL = "http://localhost:1"


def sent(kind="sync", *, order=None, content_type=JSON, form_style="json", **call):
    """The request that the client makes of an order."""
    requests = []

    def handle(request):
        requests.append(request)
        return httpx2.Response(201, json=an_answer())

    place(
        kind,
        URL,
        order=order,
        call={"content_type": content_type, "form_style": form_style, **call},
        transport=httpx2.MockTransport(handle),
    )
    (request,) = requests
    return request


def refused(**changes):
    """The error of an order that never leaves."""
    requests = []
    call = {name: changes.pop(name) for name in ("content_type", "form_style") if name in changes}
    with pytest.raises((TypeError, ValueError)) as caught:
        place("sync", URL, order=an_order(**changes), call=call, transport=httpx2.MockTransport(requests.append))
    assert requests == []
    return caught.value


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_threads_and_tasks_send_the_same_bytes(encoding):
    one, other = (sent(kind, **encoding) for kind in ("sync", "async"))
    boundaries = [request.headers["Content-Type"].partition("boundary=")[2].encode() for request in (one, other)]
    first = one.content.replace(boundaries[0] or b"-", b"-")
    second = other.content.replace(boundaries[1] or b"-", b"-")
    assert first == second
    assert {**one.headers, "content-type": ""} == {**other.headers, "content-type": ""}
    assert one.method == other.method == "POST"
    assert one.url == other.url == f"{URL}/api/v2/orders/"


class TestJson:
    def test_order_goes_out_as_given(self):
        request = sent()
        assert request.headers["Content-Type"] == "application/json"
        assert json.loads(request.content) == {
            "kit_types": ["health_kit_1", "health_kit_2"],
            "recipient": {
                "first_name": "Canary-Zoë",
                "last_name": "Canary-O'Neil",
                "email": "canary+kits@example.com",
                "phone": "(555) 555-0142",
                "address": {
                    "street1": "1 Canary-Street",
                    "street2": "Apt. canary-2",
                    "city": "Canary-City",
                    "state": "MA",
                    "country": "US",
                    "zip": "02134",
                },
            },
            "metadata": an_order()["metadata"],
        }

    def test_absent_is_not_null(self):
        order = an_order(recipient=a_recipient(address=an_address(street2=UNSET)))
        del order["metadata"]
        body = json.loads(sent(order=order).content)
        assert "metadata" not in body
        assert "street2" not in body["recipient"]["address"]
        order = an_order(recipient=a_recipient(address=an_address(street2=None)), metadata=None)
        body = json.loads(sent(order=order).content)
        assert body["metadata"] is None
        assert body["recipient"]["address"]["street2"] is None

    @pytest.mark.parametrize(
        "metadata",
        [
            {},
            {"n": 9007199254740993, "m": -(10**40), "f": 0.1, "e": 1e300, "z": -0.0},
            {"true": True, "one": 1, "float": 1.0, "text": "1", "null": None},
            {"deep": {"list": [[], {}, [None, [{"": ""}]]]}},
            {"é": "e\u0301", "\u2028": "\x00\x1f", "😀": "\U0010ffff", 'quote"\\': "</script>"},
            {"space": "  kept \t\r\n"},
        ],
    )
    def test_metadata_keeps_types_digits_and_characters(self, metadata):
        written = json.loads(sent(order=an_order(metadata=metadata)).content)["metadata"]
        assert repr(written) == repr(metadata)

    def test_metadata_may_be_any_mapping(self):
        for metadata in (CreateOrderMetadata({"a": 1}), types.MappingProxyType({"a": 1})):
            assert json.loads(sent(order=an_order(metadata=metadata)).content)["metadata"] == {"a": 1}

    def test_members_of_the_callers_own_enumerations_go_out_as_their_text(self):
        class Kit(StrEnum):
            ONE = "health_kit_1"

        class Old(str, Enum):  # noqa: UP042 - the very kind whose str() is not its value
            ONE = "health_kit_1"

        for encoding in ENCODINGS:
            request = sent(order=an_order(kit_types=[Kit.ONE, Old.ONE]), **encoding)
            assert request.content.count(b"health_kit_1") == 2
            assert b"ONE" not in request.content

    def test_country_may_be_a_listed_text_or_any_member(self):
        for country in ("CA", AddressCountry.CA, AddressCountry("ZZ")):
            order = an_order(recipient=a_recipient(address=an_address(country=country)))
            assert json.loads(sent(order=order).content)["recipient"]["address"]["country"] == str(country)

    def test_what_was_added_to_a_model_goes_out(self):
        recipient = a_recipient()
        recipient.additional_properties["title"] = "Dr"
        assert json.loads(sent(order=an_order(recipient=recipient)).content)["recipient"]["title"] == "Dr"

    @pytest.mark.parametrize("kit_types", [("a", "b"), UserList(["a", "b"])])
    def test_any_sequence_goes_out_as_a_list(self, kit_types):
        assert json.loads(sent(order=an_order(kit_types=kit_types)).content)["kit_types"] == ["a", "b"]

    def test_callers_values_stay_as_they_are(self):
        metadata = {"a": (1, 2), "b": {"c": 1}}
        kit_types = ["health_kit_1"]
        headers = {"X-Mine": "1"}
        sent(order=an_order(metadata=metadata, kit_types=kit_types), headers=headers)
        assert (metadata, kit_types, headers) == ({"a": (1, 2), "b": {"c": 1}}, ["health_kit_1"], {"X-Mine": "1"})


COUNTRIES = ", ".join(AddressCountry)


class TestRefusal:
    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"kit_types": "health_kit_1"}, "kit_types must be a list, not str."),
            ({"kit_types": {"health_kit_1"}}, "kit_types must be a list, not set."),
            ({"kit_types": b"health_kit_1"}, "kit_types must be a list, not bytes."),
            ({"kit_types": {"health_kit_1": 1}}, "kit_types must be a list, not dict."),
            ({"kit_types": ["a", 1]}, "kit_types[1] must be text (str), not int."),
            ({"kit_types": None}, "kit_types must be a list, not None."),
            ({"kit_types": UNSET}, "kit_types is required, so it cannot be UNSET."),
            ({"recipient": {}}, "recipient must be an object (Recipient), not dict."),
            ({"recipient": None}, "recipient must be an object (Recipient), not None."),
            ({"recipient": a_recipient(phone=5550142)}, "recipient.phone must be text (str), not int."),
            (
                {"recipient": a_recipient(address=an_address(zip_=2134))},
                "recipient.address.zip must be text (str), not int.",
            ),
            (
                {"recipient": a_recipient(address=an_address(city=None))},
                "recipient.address.city must be text (str), not None.",
            ),
            (
                {"recipient": a_recipient(address=an_address(street2=2))},
                "recipient.address.street2 must be text (str) or None, not int.",
            ),
            (
                {"recipient": a_recipient(address=an_address(country="ZZ"))},
                f"recipient.address.country must be one of {COUNTRIES} (AddressCountry).",
            ),
            (
                {"recipient": a_recipient(address=an_address(country=KitStatus.PREPARING))},
                f"recipient.address.country must be one of {COUNTRIES} (AddressCountry), not KitStatus.",
            ),
            ({"metadata": "x"}, "metadata must be a mapping (CreateOrderMetadata) or None, not str."),
            ({"metadata": [("a", 1)]}, "metadata must be a mapping (CreateOrderMetadata) or None, not list."),
            ({"metadata": {1: "x"}}, "metadata has a key of type int: keys must be str."),
            ({"metadata": {"a": {None: 1}}}, "metadata[…] has a key of type None: keys must be str."),
            (
                {"metadata": {"a": float("inf")}},
                "metadata[…] contains NaN or an infinity, which JSON cannot represent.",
            ),
            ({"metadata": {"a": UNSET}}, "metadata[…] contains a value of type UNSET, which JSON cannot represent: "),
            (
                {"metadata": {"a": Decimal(1)}},
                "metadata[…] contains a value of type Decimal, which JSON cannot represent: ",
            ),
            (
                {"metadata": {"a": dt.date(2023, 1, 1)}},
                "metadata[…] contains a value of type date, which JSON cannot represent: ",
            ),
            ({"metadata": {"a": "\ud83d"}}, "metadata[…] contains a lone surrogate, which UTF-8 cannot encode: "),
            ({"kit_types": ["\udc80"]}, "kit_types[0] contains a lone surrogate, which UTF-8 cannot encode: "),
            ({"metadata": {"a": 10**5000}}, "metadata[…] contains an integer with more digits than Python can write."),
        ],
    )
    @pytest.mark.parametrize("encoding", ENCODINGS)
    def test_field_is_named(self, changes, message, encoding):
        assert str(refused(**changes, **encoding)).startswith(message)

    def test_endless_metadata_is_refused(self):
        endless = {}
        endless["self"] = endless
        assert "nested too deeply" in str(refused(metadata=endless))

    def test_deep_metadata_is_refused_or_sent_whole(self):
        deep = []
        for _ in range(100_000):
            deep = [deep]
        assert "nested too deeply" in str(refused(metadata={"deep": deep}))

    def test_unknown_form_style_names_the_known_ones(self):
        assert str(refused(form_style="brackets")) == "form_style must be one of json, dotted."

    def test_additional_property_cannot_hide_a_field(self):
        recipient = a_recipient()
        recipient.additional_properties["phone"] = "other"
        assert "recipient.phone is in additional_properties: set the field" in str(refused(recipient=recipient))

    def test_local_time_is_refused(self):
        event = KitEvent(created=dt.datetime(2023, 1, 1))  # noqa: DTZ001 - the very mistake
        with pytest.raises(ValueError, match="created has no offset"):
            event.to_dict()

    def test_aware_time_is_written_with_its_offset(self):
        moment = dt.datetime(2023, 1, 1, 4, 30, tzinfo=dt.timezone(dt.timedelta(hours=-5)))
        assert KitEvent(created=moment).to_dict() == {"created": "2023-01-01T04:30:00-05:00"}


class TestForms:
    def test_urlencoded_json_style(self):
        fields = parse_qsl(sent(content_type=URLENCODED).content.decode(), strict_parsing=True)
        assert [name for name, _ in fields] == ["kit_types", "kit_types", "recipient", "metadata"]
        assert json.loads(fields[2][1]) == a_recipient().to_dict()
        assert json.loads(fields[3][1]) == an_order()["metadata"]

    def test_urlencoded_dotted_style(self):
        fields = dict(parse_qsl(sent(content_type=URLENCODED, form_style="dotted").content.decode()))
        assert fields["recipient.first_name"] == "Canary-Zoë"
        assert fields["recipient.address.zip"] == "02134"
        assert fields["recipient.address.country"] == "US"
        # Dotted names would turn metadata's numbers, booleans and nulls into texts.
        assert json.loads(fields["metadata"]) == an_order()["metadata"]

    def test_json_parts_of_multipart_have_their_content_type(self):
        content = sent(content_type=MULTIPART).content
        assert content.count(b"Content-Type: application/json") == 2
        assert content.count(b'name="kit_types"') == 2

    def test_boundary_differs_from_request_to_request(self):
        boundaries = {sent(content_type=MULTIPART).headers["Content-Type"] for _ in range(20)}
        assert len(boundaries) == 20

    def test_part_cannot_be_ended_by_a_value(self):
        """A fixed boundary would let a kit type overwrite the recipient."""
        attack = '\r\n--+++\r\nContent-Disposition: form-data; name="recipient"\r\n\r\n{}\r\n--+++--'
        request = sent(order=an_order(kit_types=[attack]), content_type=MULTIPART)
        boundary = request.headers["Content-Type"].partition("boundary=")[2].encode()
        parts = request.content.split(b"--" + boundary)[1:-1]
        assert len(parts) == 3
        assert attack.encode() in parts[0]

    @pytest.mark.parametrize("encoding", ENCODINGS[1:])
    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            (
                {"metadata": None},
                "metadata is None, which a form cannot represent: leave it out, or use application/json.",
            ),
            ({"kit_types": []}, "kit_types is an empty list, which a form cannot represent: use application/json."),
        ],
    )
    def test_what_a_form_cannot_represent_is_refused(self, changes, message, encoding):
        error = refused(**changes, **encoding)
        assert type(error) is ValueError
        assert str(error) == message

    def test_null_within_an_object_needs_the_json_style(self):
        order = {"recipient": a_recipient(address=an_address(street2=None))}
        error = refused(**order, content_type=URLENCODED, form_style="dotted")
        assert str(error).startswith("recipient.address.street2 is None, which a form cannot represent")
        fields = dict(parse_qsl(sent(order=an_order(**order), content_type=URLENCODED).content.decode()))
        assert json.loads(fields["recipient"])["address"]["street2"] is None

    def test_forms_contain_empty_metadata_and_not_absent_metadata(self):
        without = {name: value for name, value in an_order().items() if name != "metadata"}
        for encoding in ENCODINGS[1:]:
            assert b"metadata" in sent(order=an_order(metadata={}), **encoding).content
            assert b"metadata" not in sent(order=without, **encoding).content


class TestHeaders:
    def test_each_request_carries_these_headers(self):
        request = sent()
        assert request.headers["Authorization"] == "Token canary-token-8f3a"
        assert request.headers["Accept"] == "application/json"

    def test_headers_of_a_call_stand_beside_those_of_the_client(self):
        request = sent(headers={"X-Mine": "1", "accept": "application/json; q=0.9"})
        assert request.headers["X-Mine"] == "1"
        assert request.headers.get_list("Accept") == ["application/json; q=0.9"]

    @pytest.mark.parametrize("name", ["Authorization", "content-type", "Content-Length", "Host", "Cookie"])
    def test_headers_that_the_client_sets_are_refused(self, name):
        with pytest.raises(ValueError, match=f"headers must not contain {name}"):
            sent(headers={name: "x"})


def test_create_order_reads_what_it_writes():
    body = CreateOrder(**an_order())
    assert CreateOrder.from_dict(body.to_dict()).to_dict() == body.to_dict()

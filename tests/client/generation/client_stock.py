"""Stock openapi-python-client output of the vendored document, and ours, behind the same few calls."""

import importlib
import subprocess
import sys

import httpx
import httpx2
from client_orders import JSON, MULTIPART, ROOT, TOKEN, URLENCODED, an_answer

URL = "http://localhost:1"
_KINDS = {JSON: "json", URLENCODED: "data", MULTIPART: "files"}


def generate(folder):
    """Write the stock package, with stock templates and settings, and return its folder."""
    config = folder / "config.yaml"
    config.write_text("package_name_override: stock_client\npost_hooks: []\n", encoding="utf-8")
    document = ROOT / "openapi" / "spot-api-v2.yaml"
    subprocess.run(
        [
            *(sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"),
            *("--path", document, "--config", config, "--output-path", folder / "stock_client"),
        ],
        check=True,
        capture_output=True,
    )
    return folder / "stock_client"


def make_importable(package):
    """Give the endpoint module the one name that it lacks, so that its further defects can be seen."""
    module = package / "api" / "default" / "api_v2_create_order.py"
    text = module.read_text(encoding="utf-8")
    module.write_text(text.replace("import Response, UNSET", "import Response, UNSET, Unset"), encoding="utf-8")


class Generated:
    """What both packages can do. A refusal, an error or an answer is returned, not raised."""

    def __init__(self, package, endpoint, metadata):
        self.module = importlib.import_module(package)
        self.models = importlib.import_module(f"{package}.models")
        self.endpoint = importlib.import_module(f"{package}.api.{endpoint}")
        self.metadata_class = getattr(self.models, metadata)
        self.requests = []

    def body(self, *, kit_types=None, metadata=None):
        models = self.models
        address = models.Address(
            street1="1 Canary-Street", city="Boston", state="MA", country=models.AddressCountry("US"), zip_="02134"
        )
        recipient = models.Recipient(
            first_name="Canary", last_name="Lee", email="a@example.com", phone="5555550142", address=address
        )
        return models.CreateOrder(
            kit_types=kit_types or ["health_kit_1"],
            recipient=recipient,
            metadata=self.metadata_class.from_dict(metadata or {"a": 1}),
        )

    def connected(self, status=201, **answer):
        """A client whose requests are noted and answered."""

        def handle(request):
            self.requests.append(request)
            return self.http.Response(status, **answer)

        return self.client_over(self.http.MockTransport(handle))

    def call(self, *arguments, status=201, body=None, **answer):
        """What `sync` returns, or the exception it raises."""
        try:
            return self.endpoint.sync(
                *arguments, client=self.connected(status, **answer), body=self.body() if body is None else body
            )
        except Exception as error:  # noqa: BLE001 - the error is the result
            return error


class Stock(Generated):
    is_stock = True
    http = httpx

    def client(self, **settings):
        return self.module.AuthenticatedClient(base_url=URL, token=TOKEN, **settings)

    def client_over(self, transport):
        client = self.client()
        # The very settings that the stock client gives its httpx client, over another transport.
        client._headers["Authorization"] = f"{client.prefix} {client.token}"
        http_client = httpx.Client(
            base_url=URL, headers=client._headers, timeout=client._timeout, follow_redirects=False, transport=transport
        )
        return client.set_httpx_client(http_client)

    def sent(self, content_type=JSON, **body):
        """The request with this content type alone: what a corrected `_get_kwargs` would make of it."""
        arguments = self.endpoint._get_kwargs(body=self.body(**body))
        kind = _KINDS[content_type]
        kept = {name: value for name, value in arguments.items() if name not in {*_KINDS.values(), "headers"} - {kind}}
        headers = dict(arguments["headers"]) if content_type == MULTIPART else {"Content-Type": content_type}
        return httpx.Request(**{**kept, "url": URL + kept["url"], "headers": headers})

    def read(self, status, **answer):
        """What an answer is read as, without the request, which stock output cannot make."""
        response = httpx.Response(status, request=httpx.Request("POST", URL), **answer)
        try:
            return self.endpoint._build_response(client=self.client(), response=response).parsed
        except Exception as error:  # noqa: BLE001 - the error is the result
            return error


class Ours(Generated):
    is_stock = False
    http = httpx2

    def client(self, **settings):
        return self.module.SpotClient(base_url=URL, token=TOKEN, **settings)

    def client_over(self, transport):
        return self.client(transport=transport)

    def sent(self, content_type=JSON, **body):
        client = self.connected(json=an_answer())
        self.endpoint.sync(client=client, body=self.body(**body), content_type=content_type)
        return self.requests.pop()

    def read(self, status, **answer):
        return self.call(status=status, **answer)

"""A project of somebody else's: its own configuration of pytest, its own plugins and options, its own applications."""

PYTEST_INI = """
[pytest]
python_files = check_*.py
python_functions = check_*
filterwarnings = error
addopts = --strict-markers --strict-config --import-mode=importlib -p no:cacheprovider
xfail_strict = true
"""

CONFTEST = """
import pytest

def pytest_addoption(parser):
    parser.addoption("--seed", default="theirs")
    parser.addoption("--profile", default="theirs")

@pytest.fixture
def seed(request):
    return request.config.option.seed
"""

OWN_TESTS = """
def check_own_options(seed, pytestconfig):
    assert (seed, pytestconfig.option.profile) == ("theirs", "theirs")
"""

NO_OPTIONS_OF_THE_SUITE = """
def check_that_the_suite_has_no_option(pytestconfig):
    assert not hasattr(pytestconfig.option, "allow_orders")
"""

OWN_FAILURE = """
def check_that_fails():
    assert 1 == 2, "their own failure"
"""

IN_PROCESS = """
import json
import pytest
from spot_contract.applications.judging import BrokenContract

TOKEN = "Abc-123-secret-token"

def refusal(status, kind):
    return json.dumps({"error": {"status": status, "type": kind, "detail": "no"}}).encode()

async def asgi(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 401, "headers": headers})
    await send({"type": "http.response.body", "body": refusal(401, "unauthorized")})

def wsgi(environ, start_response):
    environ["wsgi.input"].read()
    start_response("500 Oh", [("Content-Type", "application/json")])
    return [refusal(500, "internal_server_error")]

def check_an_asgi_application_that_takes_no_token_cannot_be_judged(spot_contract):
    with pytest.raises(Exception, match="does not accept the token"):
        spot_contract(asgi, token=TOKEN)

def check_a_wsgi_application_that_always_fails_is_broken(spot_contract):
    judgement = spot_contract(wsgi, token=TOKEN, rule=["refusal.status", "robustness"])
    assert not judgement.conforms
    assert judgement.status == 1
    with pytest.raises(BrokenContract, match="robustness.no_server_error is broken"):
        judgement.check()

def check_an_unknown_option_is_refused(spot_contract):
    with pytest.raises(TypeError, match="Unknown option 'profil'"):
        spot_contract(wsgi, token=TOKEN, profil="quick")
"""

import pytest
from server_variants import VARIANTS
from server_wire import Server


@pytest.fixture(scope="session", params=VARIANTS)
def server(request):
    running = Server(*VARIANTS[request.param])
    running.variant = request.param
    yield running
    assert running.process.poll() is None, "the server died"
    running.stop()

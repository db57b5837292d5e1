import pytest
from harness import Broker, canary, make_certificates
from upstream import Upstream


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    directory = tmp_path_factory.mktemp("certificates")
    make_certificates(directory)
    return directory


@pytest.fixture
def upstream(certificates):
    server = Upstream(certificates / "leaf.pem", certificates / "leaf.key", keys=set())
    yield server
    server.stop()


@pytest.fixture
def broker(tmp_path, certificates):
    made = Broker(tmp_path, ca=certificates / "ca.pem").start()
    yield made
    made.stop()


class Vault:
    """A broker with one account and one key enrolled under `openai`, and the upstream that knows the key."""

    def __init__(self, broker, upstream):
        self.broker, self.upstream, self.key = broker, upstream, canary()
        upstream.keys.add(self.key)
        self.recovery_code = broker.create_account()
        broker.enroll(upstream, self.key)


@pytest.fixture
def vault(broker, upstream):
    return Vault(broker, upstream)

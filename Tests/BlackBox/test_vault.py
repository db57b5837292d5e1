"""A broker whose KEK is in HashiCorp Vault: the main job, an absent Vault, rotations through a bad one, moves there and back."""

import json
import signal
import time
import urllib.error
import urllib.request

import pytest
from harness import Broker, canary
from test_bad_input import Wire
from vault_server import VaultServer

CAUSES = {
    "not derived": ({"derived": False}, "deriv"),
    "exportable": ({"exportable": True}, "export"),
    "convergent": ({"convergent_encryption": True}, "convergent"),
    "plaintext backup": ({"allow_plaintext_backup": True}, "backup"),
    "no cipher": ({"derived": False, "type": "ecdsa-p256"}, "ecdsa-p256"),
}


@pytest.fixture(params=["1.8", "1.14"])
def server(request):
    made = VaultServer(request.param)
    yield made
    made.stop()


@pytest.fixture
def make(tmp_path, certificates, upstream):
    """Makes brokers with their KEK in a Vault; ends them."""
    made = []

    def start(server, kind="transit", wait=True, options=(), **environment):
        given = {"VAULT_TOKEN": server.token()} if not any(name.startswith("VAULT_") for name in environment) else {}
        directory = tmp_path / f"broker{len(made)}"
        directory.mkdir()
        broker = Broker(directory, ca=certificates / "ca.pem", options=["--kek", server.uri(kind), *options], environment=given | environment)
        made.append(broker)
        return broker.start(wait=wait)

    yield start
    for broker in made:
        broker.stop()


class Used:
    """A broker with an account, keys and a live session."""

    def __init__(self, broker, upstream, keys=1):
        self.broker, self.upstream, self.key = broker, upstream, canary()
        upstream.keys.add(self.key)
        broker.create_account()
        broker.enroll(upstream, self.key)
        for number in range(1, keys):
            broker.enroll(upstream, canary(), "openai", "--alias", f"key-{number}")
        self.token = broker.unlock("--ttl", "1h")

    def works(self, token=None):
        return Wire(self.broker).request("/openai/v1/mirror", token or self.token, "POST", body=b"x")[0] == 200

    def check(self):
        """Everything a user has: the live session, and a new one."""
        assert self.works() and self.works(self.broker.unlock("--ttl", "1m"))


def ready(broker):
    try:
        with urllib.request.urlopen(broker.control + "/readyz", timeout=5) as answer:
            return json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return json.loads(error.read())


def post(broker, path, fields):
    request = urllib.request.Request(broker.control + path, method="POST", data=json.dumps(fields).encode(), headers={"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, error.headers, json.loads(error.read())


def login(broker):
    """A login with a signature of zeros: what is wrong with it is found only with the KEK."""
    challenge = post(broker, "/v1/login/start", {"name": "alice"})[2]
    return post(broker, "/v1/login/finish", {
        "account_id": challenge["account_id"], "slot_id": challenge["slots"][0]["slot_id"], "origin": broker.control, "server_nonce": challenge["server_nonce"],
        "client_nonce": "A" * 43, "signature": "A" * 86})


def wait_until(condition, seconds=20):
    deadline = time.time() + seconds
    while time.time() < deadline:
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("it did not come true in time")


def kek(broker):
    return broker.run("kek", "status", "--json", passphrase=None, check=False)


def test_the_whole_job_with_no_more_rights_than_promised(server, make, upstream):
    server.make_key()
    used = Used(make(server), upstream)
    used.check()
    used.broker.restart(signal.SIGKILL)
    used.check()
    assert kek(used.broker).status == 0


@pytest.mark.parametrize("name", CAUSES)
def test_a_key_that_is_not_right_is_refused_by_name(make, name):
    server = VaultServer()
    try:
        facts, words = CAUSES[name]
        server.make_key(**facts)
        broker = make(server, wait=False)
        wait_until(lambda: words in broker.log.read_text() or broker.process.poll() is not None)
        assert words in broker.log.read_text(), broker.log.read_text()
        assert broker.process.poll() is not None or broker.run("account", "create", "alice", check=False).status == 5
    finally:
        server.stop()


def test_a_missing_key_is_never_made_by_accident(server, make):
    broker = make(server, wait=False, VAULT_TOKEN=server.root)
    wait_until(lambda: any("transit/keys/tacit" in call for call in server.counts()))
    time.sleep(1)
    assert server.call("GET", "transit/keys/tacit")[0] == 404


@pytest.mark.parametrize("setting", [{"VAULT_SKIP_VERIFY": "true"}, {"VAULT_TOKEN": ""}])
def test_settings_that_would_be_unsafe_or_empty_end_the_start(make, setting):
    server = VaultServer()
    try:
        server.make_key()
        broker = make(server, wait=False, **({"VAULT_TOKEN": server.token()} | setting))
        assert broker.process.wait(20) != 0
        assert next(iter(setting)) in broker.log.read_text()
    finally:
        server.stop()


def test_plain_http_off_loopback_is_refused(tmp_path, certificates):
    broker = Broker(tmp_path, ca=certificates / "ca.pem", options=["--kek", "vault-transit:http://192.0.2.1:8200/transit/tacit"],
                    environment={"VAULT_TOKEN": "hvs.x"}).start(wait=False)
    try:
        assert broker.process.wait(20) in (2, 3)
    finally:
        broker.stop()


def test_tls_is_checked_against_the_authority_that_was_named(certificates, make, upstream):
    server = VaultServer(certificate=certificates / "leaf.pem", key=certificates / "leaf.key", ca=certificates / "ca.pem")
    try:
        server.make_key()
        used = Used(make(server, VAULT_TOKEN=server.token(), VAULT_CACERT=str(certificates / "ca.pem")), upstream)
        used.check()
        stranger = make(server, wait=False, VAULT_TOKEN=server.token(), VAULT_CACERT=str(certificates / "stranger.pem"))
        wait_until(lambda: "not trusted" in stranger.log.read_text())
        assert server.call("GET", "transit/keys/tacit")[0] == 200
    finally:
        server.stop()


@pytest.mark.parametrize("server", ["1.8"], indirect=True)
def test_a_vault_that_is_away_stops_only_what_needs_it(server, make, upstream):
    server.make_key()
    used = Used(make(server), upstream)
    server.order("seal")
    assert used.works(), "live sessions go on"
    result = used.broker.run("unlock", "--print-token", check=False)
    assert result.status == 5 and "seal" in result.err, result
    result = used.broker.run("enroll", "anthropic", "--key-stdin", stdin="sk-ant-x" * 4, check=False)
    assert result.status == 5 and "seal" in result.err, result
    status, headers, answer = login(used.broker)
    assert status == 503 and answer["error"]["code"] == "kek_unreachable" and int(headers["Retry-After"]) > 0, answer
    assert "seal" in answer["error"]["message"].lower()
    wait_until(lambda: ready(used.broker)["status"] == "degraded")
    result = kek(used.broker)
    assert result.status == 5 and "seal" in result.out + result.err, result
    server.order("unseal")
    wait_until(lambda: ready(used.broker)["status"] == "ready")
    used.check()


@pytest.mark.parametrize("server", ["1.14"], indirect=True)
def test_a_start_without_its_vault_is_degraded_and_recovers_by_itself(server, make, upstream):
    server.make_key()
    used = Used(make(server), upstream)
    used.broker.stop()
    server.order("seal")
    used.broker.start()
    assert ready(used.broker)["status"] == "degraded"
    assert not used.works()
    server.order("unseal")
    wait_until(lambda: ready(used.broker)["status"] == "ready")
    used.check()


def test_a_token_is_renewed_and_then_got_anew(make, upstream):
    server = VaultServer()
    try:
        server.make_key()
        role, secret = server.role(token_ttl="3s", token_max_ttl="7s")
        used = Used(make(server, VAULT_ROLE_ID=role, VAULT_SECRET_ID=secret), upstream)
        deadline = time.time() + 12
        while time.time() < deadline:
            used.check()
            time.sleep(0.5)
        counts = server.counts()
        assert counts["POST /v1/auth/token/renew-self"] >= 1 and counts["POST /v1/auth/approle/login"] >= 2, counts
    finally:
        server.stop()


# `skip` calls of that kind go well before: the fault comes in the middle of the rotation.
FAULTS = {
    "is sealed": {"kind": "status", "status": 503, "body": '{"errors":["Vault is sealed"]}', "count": 2, "skip": 2},
    "times out": {"kind": "delay", "seconds": 1.5, "skip": 2},
    "drops the connection": {"kind": "close", "count": 2, "skip": 2},
    "does it and drops the connection": {"kind": "lose", "skip": 2},
    "limits": {"kind": "rate", "retry_after": 0, "count": 2, "skip": 2},
    "says something else": {"kind": "garbage", "skip": 2},
    "answers one row less": {"kind": "partial"},
    "exchanges two rows": {"kind": "reorder"},
    "does not open one row": {"kind": "item", "text": "internal error"},
}


@pytest.mark.parametrize("step", ["encrypt", "decrypt"])
def test_a_rotation_survives_what_vault_does_in_the_middle_of_it(make, upstream, step):
    server = VaultServer()
    try:
        server.make_key()
        used = Used(make(server, VAULT_TOKEN=server.token(), VAULT_CLIENT_TIMEOUT="1s"), upstream, keys=3)
        for name, fault in FAULTS.items():
            server.fault(f"/{step}/", **fault)
            for _ in range(3):
                ended = used.broker.run("rotate", "kek", "--json", passphrase=None, check=False)
                if ended.status == 0:
                    break
            assert ended.status == 0 and ended.lines[-1]["damaged"] == 0, (name, ended, used.broker.log.read_text()[-4000:])
            assert server.order("faults/clear")["left"] == 0, f"{name}: never came"
            assert used.works(), name
        used.broker.restart(signal.SIGKILL)
        used.check()
        epochs = kek(used.broker).json["epochs"]
        assert len(epochs) > len(FAULTS)
        for epoch in epochs[:-1]:
            used.broker.run("kek", "retire", epoch["epoch"], passphrase=None)
        assert server.call("GET", "transit/keys/tacit")[1]["data"]["min_decryption_version"] == epochs[-1]["version"]
        used.broker.restart()
        used.check()
    finally:
        server.stop()


@pytest.mark.parametrize("server,kind", [("1.8", "transit"), ("1.14", "transit"), ("1.14", "kv")], indirect=["server"])
def test_a_kek_moves_to_vault_and_back(server, tmp_path, certificates, upstream, kind):
    if kind == "transit":
        server.make_key()
    broker = Broker(tmp_path, ca=certificates / "ca.pem", environment={"VAULT_TOKEN": server.token()}).start()
    try:
        used = Used(broker, upstream)
        broker.run("kek", "move", "--to", server.uri(kind), passphrase=None, timeout=120)
        used.check()
        broker.stop()
        broker.options += ["--kek", server.uri(kind)]
        kept = broker.keyring.read_bytes()
        broker.keyring.write_bytes(b"")
        broker.start()
        used.check()
        broker.keyring.write_bytes(kept)
        broker.run("kek", "move", "--to", f"file:{broker.keyring}", passphrase=None, timeout=120)
        used.check()
        broker.stop()
        broker.options = []
        server.order("seal")
        broker.start()
        used.check()
    finally:
        broker.stop()


def test_versions_in_kv_are_added_and_destroyed(server, make, upstream):
    used = Used(make(server, "kv"), upstream)
    used.broker.run("rotate", "kek", passphrase=None, timeout=120)
    used.check()
    used.broker.run("kek", "retire", "1", passphrase=None, timeout=120)
    versions = server.call("GET", "secret/metadata/tacit/keyring")[1]["data"]["versions"]
    newest = max(versions, key=int)
    assert all(one["destroyed"] for number, one in versions.items() if number != newest), versions
    used.broker.restart()
    used.check()


def test_the_token_is_not_in_the_environment_any_more(make):
    server = VaultServer()
    try:
        server.make_key()
        token = server.token()
        broker = make(server, VAULT_TOKEN=token)
        environment = open(f"/proc/{broker.process.pid}/environ", "rb").read()
        assert token.encode() not in environment
    finally:
        server.stop()

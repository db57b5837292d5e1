"""A broker that is not ours, between the real program and the real broker: what it alters gets it nothing, and the program says so."""

import base64
import http.client
import http.server
import json
import threading

import pytest
from harness import PASSPHRASE, Broker, canary
from ports import free_port
from test_rotation import used_key


class Middle:
    """Passes everything on to the broker's control port, but for answers a test alters."""

    def __init__(self, port, target):
        self.alter = {}
        self.seen = []
        middle = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                middle.seen.append((self.command, self.path, body))
                connection = http.client.HTTPConnection("127.0.0.1", target, timeout=30)
                kept = {name: value for name, value in self.headers.items() if name.lower() in ("authorization", "content-type", "accept")}
                connection.request(self.command, self.path, body or None, kept)
                answer = connection.getresponse()
                data = answer.read()
                alter = middle.alter.get((self.command, self.path.partition("?")[0]))
                if alter and answer.status == 200:
                    message = json.loads(data)
                    alter(message)
                    data = json.dumps(message).encode()
                self.send_response(answer.status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = answer

            def log_message(self, *words):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wrote(self, path):
        return [body for method, seen, body in self.seen if method != "GET" and seen == path]


def own_key():
    """A public key whose private half the attacker has ."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    raw = X25519PrivateKey.generate().public_key().public_bytes_raw()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@pytest.fixture
def between(tmp_path, certificates, upstream):
    port = free_port()
    broker = Broker(tmp_path, ca=certificates / "ca.pem", options=["--origin", f"http://127.0.0.1:{port}"]).start()
    middle = Middle(port, broker.control_port)
    broker.upstream, broker.key = upstream, canary()
    upstream.keys.add(broker.key)
    broker.url = {"TACIT_URL": f"http://127.0.0.1:{port}"}
    broker.create_account()
    broker.enroll(upstream, broker.key)
    broker.file = tmp_path / "job.json"
    broker.run("access", "create", "job", "--can", "rotate,list,enrol", "--out", broker.file, "--url", broker.url["TACIT_URL"])
    broker.token = broker.unlock()
    yield broker, middle
    middle.server.shutdown()
    broker.stop()


def change(*path, to):
    def alter(message):
        place = message
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to() if callable(to) else to
    return alter


def redirect(message):
    keys = message["keys"] if "keys" in message else [message["key"]]
    for key in keys:
        key["destination"]["url"] = "https://attacker.example"


def extra_session(message):
    message["sessions"].append(message["sessions"][0] | {"public_key": own_key()})


RECIPIENTS = ("GET", "/v1/keys/openai/recipients")
ALTERED = {
    "its own key for a session": change("sessions", 0, "public_key", to=own_key),
    "a session more": extra_session,
    "its own account key": change("account", "account_key", "public_key", to=own_key),
    "another host": redirect,
    "a longer session": lambda message: message["sessions"][0].update(expires_at=message["sessions"][0]["expires_at"] + 60),
    "a version unsigned": change("key", "versions", 0, "signature", to="A" * 86),
}


@pytest.mark.parametrize("case", ALTERED)
@pytest.mark.parametrize("who", ["owner", "job"])
def test_no_value_is_sealed_to_what_a_broker_slipped_in(between, case, who):
    broker, middle = between
    middle.alter[RECIPIENTS] = ALTERED[case]
    more = {"env": broker.url} if who == "owner" else {"env": {"TACIT_ACCESS_FILE": str(broker.file)}, "passphrase": None}
    result = broker.run("rotate", "key", "openai", "--key-stdin", stdin=canary(), check=False, **more)
    assert result.status == 6 and "does not verify" in result.err, result
    assert not middle.wrote("/v1/keys/openai/versions"), "nothing left this device"
    middle.alter.clear()
    assert broker.run("rotate", "key", "openai", "--key-stdin", stdin=canary(), **more).status == 0
    assert middle.wrote("/v1/keys/openai/versions"), "the same call goes through where nothing is altered"


def test_ciphertexts_and_slots_that_were_altered_are_not_signed_anew(between):
    broker, middle = between
    cases = [
        (("POST", "/v1/keys/openai/ciphertexts"), redirect, ["rotate", "dek", "openai"], "/v1/keys/openai/versions"),
        (("POST", "/v1/keys/openai/ciphertexts"), redirect, ["account", "renew", "--new-passphrase-stdin"], "/v1/account/renew"),
        (("POST", "/v1/unlock"), redirect, ["rotate", "account-key"], "/v1/account/key"),
        (("POST", "/v1/unlock"), redirect, ["unlock", "--print-token"], "/v1/sessions"),
    ]
    for route, alter, words, sent in cases:
        middle.alter = {route: alter}
        middle.seen.clear()
        result = broker.run(*words, stdin="another battery staple\n", env=broker.url, check=False)
        assert result.status == 6 and "does not verify" in result.err, (words, result)
        assert not middle.wrote(sent), words

    def slot(message):
        account = message.get("account", message)
        account["slots"][-1]["public_key"] = own_key()

    for words, sent in [(["rotate", "account-key"], "/v1/account/key"), (["rotate", "passphrase", "--new-passphrase-stdin"], "/v1/account/slots")]:
        middle.alter = {("POST", "/v1/login/finish"): slot, ("GET", "/v1/account"): slot}
        middle.seen.clear()
        result = broker.run(*words, stdin="another battery staple\n", env=broker.url, check=False)
        assert result.status == 6 and not middle.wrote(sent), (words, result)
    middle.alter = {}
    assert used_key(broker_as_vault(broker), broker.unlock()) == broker.key


def test_a_job_seals_a_new_key_to_the_account_only(between):
    broker, middle = between
    middle.alter = {("GET", "/v1/account"): change("account_key", "public_key", to=own_key)}
    words = ["enroll", "openai", "--alias", "second", "--base-url", broker.upstream.url, "--allow-private-destination", "--key-stdin"]
    result = broker.run(*words, stdin=canary(), env={"TACIT_ACCESS_FILE": str(broker.file)}, passphrase=None, check=False)
    assert result.status == 6 and not middle.wrote("/v1/keys"), result


def test_a_job_refuses_an_account_key_from_before(between):
    broker, middle = between
    env = {"env": {"TACIT_ACCESS_FILE": str(broker.file)}, "passphrase": None}
    old = {}
    middle.alter = {RECIPIENTS: lambda message: old.update(message["account"]["account_key"])}
    broker.run("rotate", "key", "openai", "--key-stdin", stdin=canary(), **env)
    broker.run("rotate", "account-key")
    middle.alter = {}
    broker.run("rotate", "key", "openai", "--key-stdin", stdin=canary(), **env)
    middle.alter = {RECIPIENTS: lambda message: message["account"].update(account_key=dict(old))}
    result = broker.run("rotate", "key", "openai", "--key-stdin", stdin=canary(), check=False, **env)
    assert result.status == 6 and "account key 1" in result.err, result


class broker_as_vault:
    """What `used_key` looks at."""

    def __init__(self, broker):
        self.broker, self.upstream = broker, broker.upstream


def once(act):
    """Does something while an answer is under way, the first time only."""
    waiting = [act]

    def alter(message):
        if waiting:
            waiting.pop()()
    return alter


@pytest.mark.parametrize("words", [["rotate", "dek", "openai"], ["account", "renew", "--new-passphrase-stdin"]], ids=["dek", "renew"])
def test_a_value_that_came_meanwhile_is_not_buried(between, words):
    broker, middle = between
    newer = canary()
    broker.upstream.keys.add(newer)
    rotate = lambda: broker.run("rotate", "key", "openai", "--key-stdin", stdin=newer, env={"TACIT_ACCESS_FILE": str(broker.direct)}, passphrase=None)
    broker.direct = broker.directory / "direct.json"
    broker.run("access", "create", "direct", "--can", "rotate", "--out", broker.direct)
    middle.alter = {("POST", "/v1/keys/openai/ciphertexts"): once(rotate)}
    broker.run(*words, stdin="another battery staple\n", env=broker.url)
    passphrase = PASSPHRASE if words[0] == "rotate" else "another battery staple"
    assert used_key(broker_as_vault(broker), broker.unlock(passphrase=passphrase)) == newer


def test_a_key_is_not_exchanged_for_one_of_the_same_name_behind_the_users_back(between):
    broker, middle = between
    old = {}
    middle.alter = {RECIPIENTS: lambda message: old.update(message["key"])}
    broker.run("rotate", "key", "openai", "--key-stdin", stdin=broker.key, env=broker.url)
    broker.run("revoke", "key", "openai")
    broker.run("enroll", "openai", "--base-url", broker.upstream.url + "/v2", "--allow-private-destination", "--key-stdin", stdin=broker.key)
    reads = []

    def exchange(message):
        reads.append(1)
        if len(reads) > 1:
            message["key"], message["sessions"] = dict(old), []

    middle.alter = {RECIPIENTS: exchange}
    middle.seen.clear()
    result = broker.run("rotate", "key", "openai", "--key-stdin", stdin=canary(), env=broker.url, check=False)
    assert result.status == 6 and "another one" in result.err, result
    assert not middle.wrote("/v1/keys/openai/versions")

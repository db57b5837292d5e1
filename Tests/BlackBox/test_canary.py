"""The memory proof (DESIGN section 6): a scan of the broker's whole memory, and of everything it and its client wrote."""

import http.client
import json
import os
import signal
import sqlite3
import subprocess
import threading
import time

import formats
import memory
import pytest
from harness import BINARY, PASSPHRASE, UNWIPED, Broker, canary
from test_bad_input import Wire

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="NOT run (needs root): the memory scan reads /proc/PID/mem")


class Scene:
    """A broker with one key and all the secrets a scan must not find."""

    def __init__(self, broker, upstream):
        self.broker, self.upstream = broker, upstream
        self.key, self.passphrase = canary(), canary("pass phrase")
        upstream.keys.add(self.key)
        broker.create_account(passphrase=self.passphrase)
        broker.enroll(upstream, self.key, passphrase=self.passphrase)
        self.token = broker.unlock(passphrase=self.passphrase)

    def secrets(self, token=None):
        token = token or self.token
        session_id, secret = formats.token_parts(token)
        keyring = formats.read_keyring(self.broker.keyring)
        key = self.broker.run("keys", "--json", passphrase=self.passphrase).json["keys"][0]
        session = next(s for s in self.broker.run("sessions", "--json", passphrase=self.passphrase).json["sessions"] if formats.unbase64(s["session_id"]) == session_id)
        account = self.broker.run("account", "show", "--json", passphrase=self.passphrase).json["account_id"]
        database = sqlite3.connect(f"file:{self.broker.database}?mode=ro", uri=True)
        (wrap,) = database.execute("SELECT wrapped_entry FROM session_entries WHERE session_id = ?", (session_id,)).fetchone()
        (ciphertext,) = database.execute("SELECT ciphertext FROM key_versions").fetchone()
        database.close()
        dek = formats.open_entry(wrap, keyring, secret, account, key, 1, session)
        assert formats.open_key(ciphertext, dek, account, key, 1) == self.key.encode(), "the formats page and the broker disagree"
        return {
            "K": self.key.encode(), "passphrase": self.passphrase.encode(), "token": token.encode(), "session secret": secret,
            "session AEAD key": formats.session_aead_key(secret, account), "DEK": dek, "KEK": keyring[max(keyring)],
        }

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self.broker.proxy_port, timeout=60)

    def call(self, connection, path="/openai/v1/mirror", token=None):
        connection.request("POST", path, b"x" * 65, {"Authorization": f"Bearer {token or self.token}"})
        answer = connection.getresponse()
        return answer.status, answer.read()


def make(tmp_path, certificates, upstream, binary=BINARY, options=("--assisted-unlock",)):
    return Scene(Broker(tmp_path, ca=certificates / "ca.pem", options=options, binary=binary).start(), upstream)


def traffic(scene):
    """200 requests over four connections, which stay open."""
    connections = [scene.connection() for _ in range(4)]
    for number in range(200):
        assert scene.call(connections[number % 4]) == (200, b"x" * 65)
    return connections


def assisted_unlock(scene):
    body = json.dumps({"name": "alice", "passphrase": scene.passphrase, "aliases": ["openai"], "ttl_seconds": 600})
    done = subprocess.run(["curl", "-sS", "--unix-socket", scene.broker.socket, "-H", "content-type: application/json", "--data-binary", "@-",
                           "http://localhost/v1/assisted-unlock"], input=body, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["token"]


@needs_root
def test_idle_after_traffic_with_connections_open(tmp_path, certificates, upstream):
    scene = make(tmp_path, certificates, upstream)
    secrets = scene.secrets()
    connections = traffic(scene)
    hits, total = memory.scan(scene.broker.process.pid, secrets)
    assert total > 10 << 20
    assert hits == {}
    assert scene.call(connections[0])[0] == 200, "the connections were still open"
    scene.broker.stop()


@needs_root
def test_during_a_delayed_answer_the_key_is_already_gone(tmp_path, certificates, upstream):
    scene = make(tmp_path, certificates, upstream)
    secrets = scene.secrets()
    for warm in (False, True):
        connection, answers = scene.connection(), []
        if warm:
            scene.call(connection)
        thread = threading.Thread(target=lambda: answers.append(scene.call(connection, "/openai/v1/slow?ms=3000")))
        before = len(upstream.requests)
        thread.start()
        while len(upstream.requests) == before:
            time.sleep(0.01)
        time.sleep(0.2)
        hits, _ = memory.scan(scene.broker.process.pid, secrets)
        assert not answers, "the scan came too late"
        assert hits == {}
        thread.join()
        assert answers[0][0] == 200
    scene.broker.stop()


@needs_root
def test_after_an_assisted_unlock(tmp_path, certificates, upstream):
    scene = make(tmp_path, certificates, upstream)
    token = assisted_unlock(scene)
    secrets = scene.secrets(token)
    assert scene.call(scene.connection(), token=token)[0] == 200
    hits, _ = memory.scan(scene.broker.process.pid, secrets)
    assert hits == {}
    scene.broker.stop()


@needs_root
def test_the_scan_sees_the_build_that_does_not_wipe(tmp_path, certificates, upstream):
    scene = make(tmp_path, certificates, upstream, UNWIPED)
    token = assisted_unlock(scene)
    secrets = scene.secrets(token)
    connections = [scene.connection()]
    for _ in range(20):
        scene.call(connections[0], token=token)
    found = {name.split(" as ")[0] for name in memory.scan(scene.broker.process.pid, secrets)[0]}
    assert {"K", "token"} <= found, f"the negative control found only {found}"
    scene.broker.stop()


def written_by(broker):
    for folder in (broker.data, broker.config, broker.home, broker.runtime):
        for path in folder.rglob("*"):
            if path.is_file():
                yield path
    yield broker.log


def test_nothing_written_holds_a_secret(tmp_path, certificates, upstream):
    scene = make(tmp_path, certificates, upstream)
    secrets = scene.secrets()
    traffic(scene)
    secrets |= {"recovered token": assisted_unlock(scene).encode()}
    scene.broker.run("unlock", passphrase=scene.passphrase)
    scene.broker.run("run", "--", "true", passphrase=scene.passphrase)
    bodies = []
    for path, token in (("/openai/v1/none", scene.token), ("/none/v1", scene.token), ("/openai/v1/redirect?to=https://evil.example/", scene.token),
                        ("/openai/v1/two-lengths", scene.token), ("/openai/v1/x", scene.token + "x"), ("/openai/v1/../x", scene.token)):
        wire = Wire(scene.broker)
        try:
            bodies.append(repr(wire.request(path, token)).encode())
        except EOFError:
            pass
    assert memory.find(b"".join(bodies), secrets) == set()
    seen = 0
    for path in written_by(scene.broker):
        allowed = {"KEK"} if path == scene.broker.keyring else set()
        hits = memory.find(path.read_bytes(), {name: secret for name, secret in secrets.items() if name not in allowed})
        assert hits == set(), f"{path}: {hits}"
        seen += 1
    assert seen >= 4 and any(path.name.endswith("-wal") for path in written_by(scene.broker)), "the WAL must be among what is searched"
    scene.broker.stop()


def test_the_process_guards_itself(vault):
    status = open(f"/proc/{vault.broker.process.pid}/status").read()
    limits = open(f"/proc/{vault.broker.process.pid}/limits").read()
    core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
    assert core.split()[4:6] == ["0", "0"], core
    assert "Umask:\t0077" in status

"""The same rotation with the KEK in a real Vault, beside what that server does by itself: the requests of the same number of rows in batches of the
same size, made ready beforehand and sent one after the other by a client that does nothing else.

The server is the one TACIT_TEST_VAULT_ADDR and TACIT_TEST_VAULT_TOKEN name, or a `vault` or `bao` on PATH in its development mode.
"""

import base64
import http.client
import json
import os
import secrets
import shutil
import statistics
import subprocess
import time
import urllib.parse
from ports import free_port


#: As the broker cuts its 1 000 rows.
BATCH = 500
MOUNT = f"tacit-bench-{secrets.token_hex(4)}"


class Server:
    """A real server; one of our own ends with `stop`."""

    def __init__(self):
        self.process, self.token = None, os.environ.get("TACIT_TEST_VAULT_TOKEN", "root")
        self.address = os.environ.get("TACIT_TEST_VAULT_ADDR")
        if not self.address:
            self.address = f"http://127.0.0.1:{free_port()}"
            program = shutil.which("vault") or shutil.which("bao")
            self.process = subprocess.Popen([program, "server", "-dev", "-dev-root-token-id=root", "-dev-no-store-token",
                                             f"-dev-listen-address={self.address[7:]}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.connection = None
        deadline = time.time() + 20
        while self.send("GET", "sys/health")[0] != 200:
            if time.time() > deadline:
                raise SystemExit(f"the Vault at {self.address} does not answer")
            time.sleep(0.2)
        self.send("POST", f"sys/mounts/{MOUNT}", {"type": "transit"})
        self.send("POST", f"{MOUNT}/keys/tacit", {"derived": True})

    @staticmethod
    def is_there():
        return bool(os.environ.get("TACIT_TEST_VAULT_ADDR") or shutil.which("vault") or shutil.which("bao"))

    @property
    def uri(self):
        return f"vault-transit:{self.address}/{MOUNT}/tacit"

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(10)
        else:
            self.send("DELETE", f"sys/mounts/{MOUNT}")

    def send(self, method, path, body=None):
        if self.connection is None:
            place = urllib.parse.urlsplit(self.address)
            kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
            self.connection = kind(place.hostname, place.port or 8200, timeout=60)
        try:
            text = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
            self.connection.request(method, "/v1/" + path, body=text, headers={"X-Vault-Token": self.token})
            answer = self.connection.getresponse()
            return answer.status, answer.read()
        except OSError:
            self.connection = None
            return 0, b""

    def batch(self, operation, items):
        return f"{MOUNT}/{operation}/tacit", json.dumps({"batch_input": items}).encode()


def results(answer):
    return json.loads(answer[1])["data"]["batch_results"]


def alone(server, rows, size):
    """Rows a second: each batch opened, wrapped anew and opened again, with the look at the key before each wrap."""
    contexts = [base64.b64encode(secrets.token_bytes(200)).decode() for _ in range(BATCH)]
    plain = [{"plaintext": base64.b64encode(secrets.token_bytes(size)).decode(), "context": context} for context in contexts]
    path, body = server.batch("encrypt", plain)
    wraps = [{"ciphertext": one["ciphertext"], "context": context} for one, context in zip(results(server.send("POST", path, body)), contexts)]
    encrypt, decrypt = (path, body), server.batch("decrypt", wraps)
    rounds = max(1, rows // BATCH)
    began = time.time()
    for _ in range(rounds):
        for method, (where, text) in (("POST", decrypt), ("GET", (f"{MOUNT}/keys/tacit", None)), ("POST", encrypt), ("POST", decrypt)):
            if server.send(method, where, text)[0] != 200:
                raise SystemExit(f"the Vault at {server.address} failed")
    return rounds * BATCH / (time.time() - began)


def measure(broker, rows, rounds, rotate):
    """Moves the broker's KEK there and rotates it; medians of rows a second, ours and the server's own from the same rounds."""
    server = Server()
    try:
        broker.stop()
        broker.extra_environment = broker.extra_environment | {"VAULT_TOKEN": server.token}
        broker.start(wait=False)
        broker.wait_ready(600)
        broker.run("kek", "move", "--to", server.uri, "--json", passphrase=None, timeout=3600)
        broker.options += ["--kek", server.uri]
        pairs = [(alone(server, rows, 96), rows / rotate(broker)["wall_s"]) for _ in range(rounds)]
        own, ours = (statistics.median(column) for column in zip(*pairs))
        return {"server_per_s": own, "tacit_per_s": ours, "ratio": statistics.median(b / a for a, b in pairs)}
    finally:
        server.stop()

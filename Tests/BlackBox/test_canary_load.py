"""The memory proof under load, TLS on both sides: 50 busy connections, calls of every kind, scans while they run and after them."""

import json
import subprocess
import sys
import time
from pathlib import Path

import memory
from harness import BINARY, UNWIPED
from test_canary import make, needs_root

CONNECTIONS = 50
#: What a call in flight may hold while it is looked at; KEK and passphrase have nothing to do with calls.
IN_FLIGHT = {"K", "token", "session secret", "session AEAD key", "DEK"}
#: Copies of K one call has between the opening of its key and the wipe: in the slab, in the request head, and in what TLS encrypts from.
COPIES_OF_K = 3
LOOP_THREADS = 1
#: How many looks running must find the same at one place before it stays there: one or two may meet calls that use it.
RUNNING = 3


class BusyClient:
    """The client in a process of its own, so that neither it nor the scan waits for the other."""

    def __init__(self, scene, certificates):
        self.process = subprocess.Popen([sys.executable, str(Path(__file__).with_name("busy_client.py")), str(scene.broker.proxy_port),
                                         str(certificates / "ca.pem"), str(CONNECTIONS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._say(scene.token)

    def _say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def stop_calling(self):
        """What it did; its connections stay open."""
        self._say("stop")
        return json.loads(self.process.stdout.readline())

    def end(self):
        self.process.stdin.close()
        self.process.wait(timeout=10)
        self.process.stdout.close()


def begin(tmp_path, certificates, upstream, binary):
    options = ("--proxy-tls-cert", certificates / "leaf.pem", "--proxy-tls-key", certificates / "leaf.key")
    scene = make(tmp_path, certificates, upstream, binary, options)
    return scene, scene.secrets(), BusyClient(scene, certificates)


def looks_under_load(scene, secrets, count=RUNNING + 1):
    """Scans, at least a second apart, once 500 calls were made. A look may meet a call while its key is open; nothing may stay there."""
    looks = []
    deadline = time.monotonic() + 60
    while len(scene.upstream.requests) <= 500:
        assert time.monotonic() < deadline, f"only {len(scene.upstream.requests)} calls in a minute"
        time.sleep(0.1)
    for _ in range(count):
        time.sleep(1)
        found, total = memory.places(scene.broker.process.pid, secrets)
        assert total > 10 << 20
        looks.append(found)
    return looks


def name_of(hit):
    return hit[0].split(" as ")[0]


def stayed(looks):
    """{address: hit} of what was found at one place in `RUNNING` looks running."""
    runs = zip(*(looks[start:] for start in range(RUNNING)))
    return {address: hit for run in runs for address, hit in run[0].items() if all(look.get(address) == hit for look in run)}


@needs_root
def test_under_load_a_key_is_only_where_a_call_uses_it_and_nowhere_when_idle(tmp_path, certificates, upstream):
    scene, secrets, client = begin(tmp_path, certificates, upstream, BINARY)
    try:
        looks = looks_under_load(scene, secrets)
        report = client.stop_calling()
        assert report["wrong"] == [] and report["open"] == CONNECTIONS, report
        assert len(report["done"]) == 12 and sum(report["done"].values()) > 500, f"not every kind of call was under way: {report}"
        for found in looks:
            assert {name_of(hit) for hit in found.values()} <= IN_FLIGHT, found
            copies = [hit for hit in found.values() if name_of(hit) == "K"]
            assert len(copies) <= COPIES_OF_K * LOOP_THREADS, f"more copies of K than calls that may use it: {copies}"
        # The slab has one place for each kind, and buffers come back to the same place: twice may be chance.
        assert stayed(looks) == {}
        idle, _ = memory.scan(scene.broker.process.pid, secrets)
        assert idle == {}, report
    finally:
        client.end()
        scene.broker.stop()


@needs_root
def test_the_scan_under_load_sees_the_build_that_does_not_wipe(tmp_path, certificates, upstream):
    scene, secrets, client = begin(tmp_path, certificates, upstream, UNWIPED)
    try:
        looks = looks_under_load(scene, secrets)
        left = {name_of(hit) for hit in stayed(looks).values()}
        # Which of the session's keys stay in an unwiped place is chance; that some do is not.
        assert {"DEK", "token"} < left, f"the negative control kept only {left} under load"
        client.stop_calling()
        idle = {name.split(" as ")[0] for name in memory.scan(scene.broker.process.pid, secrets)[0]}
        assert {"K", "token"} <= idle, f"the negative control found only {idle}"
    finally:
        client.end()
        scene.broker.stop()

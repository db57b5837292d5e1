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
#: What is open only for the microseconds of one call's exposure.
IN_THE_SLAB = {"K", "DEK", "session AEAD key"}
#: Copies of K one call has between the opening of its key and the wipe: in the slab, in the request head, and in what TLS encrypts from.
COPIES_OF_K = 3
LOOP_THREADS = 1


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


def looks_under_load(scene, secrets, count=3):
    """Scans, at least a second apart. A look may meet a call while its key is open; nothing may stay where it was met."""
    looks = []
    for _ in range(count):
        time.sleep(1)
        found, total = memory.places(scene.broker.process.pid, secrets)
        assert total > 10 << 20
        looks.append(found)
    return looks


def name_of(hit):
    return hit[0].split(" as ")[0]


def stayed(looks, names, times):
    """{address: hit} of what of `names` was found at one place in `times` looks running."""
    runs = zip(*(looks[start:] for start in range(times)))
    return {address: hit for run in runs for address, hit in run[0].items()
            if name_of(hit) in names and all(look.get(address) == hit for look in run)}


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
        assert stayed(looks, IN_THE_SLAB, 2) == {}
        # A token also waits where its call waits for a connection, and buffers come back to the same place: twice may be chance.
        assert stayed(looks, IN_FLIGHT, 3) == {}
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
        left = {name_of(hit) for hit in stayed(looks, IN_THE_SLAB, 2).values()} | {name_of(hit) for hit in stayed(looks, IN_FLIGHT, 3).values()}
        assert {"DEK", "session AEAD key", "token"} <= left, f"the negative control kept only {left} under load"
        client.stop_calling()
        idle = {name.split(" as ")[0] for name in memory.scan(scene.broker.process.pid, secrets)[0]}
        assert {"K", "token"} <= idle, f"the negative control found only {idle}"
    finally:
        client.end()
        scene.broker.stop()

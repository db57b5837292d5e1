"""What the broker tells about itself: metrics, timings, usage and the log, beside what was really sent through it."""

import http.client
import json
import secrets
import socket
import threading
import time
import urllib.error
import urllib.request

import pytest
from harness import Broker, canary
from ports import free_port
from prometheus_client.parser import text_string_to_metric_families


class Page:
    """A page of metrics as Prometheus' own parser reads it."""

    def __init__(self, text):
        self.text = text
        self.families = {family.name: family for family in text_string_to_metric_families(text)}
        self.samples = [sample for family in self.families.values() for sample in family.samples]

    def value(self, name, **labels):
        found = [sample.value for sample in self.samples if sample.name == name and sample.labels == labels]
        assert len(found) <= 1
        return found[0] if found else None

    def sum(self, name):
        return sum(sample.value for sample in self.samples if sample.name == name)

    def buckets(self, name):
        return [(float(sample.labels["le"]), sample.value) for sample in self.samples if sample.name == name + "_bucket"]


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost")
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def scrape(broker):
    connection = UnixConnection(broker.socket)
    connection.request("GET", "/metrics")
    answer = connection.getresponse()
    assert answer.status == 200 and answer.getheader("content-type") == "text/plain; version=0.0.4; charset=utf-8"
    return Page(answer.read().decode())


def scrape_until(broker, name, count):
    """A call is counted when its last byte is on its way, which may be after the client has it."""
    for _ in range(100):
        page = scrape(broker)
        if page.sum(name) >= count:
            return page
        time.sleep(0.02)
    return page


def call(broker, token, path="/openai/v1/mirror", body=b"x" * 65, headers=()):
    connection = http.client.HTTPConnection("127.0.0.1", broker.proxy_port, timeout=30)
    connection.request("POST", path, body, {"Authorization": f"Bearer {token}", **dict(headers)})
    answer = connection.getresponse()
    answer.read()
    return answer


def test_metrics_count_what_was_called(vault):
    broker, token = vault.broker, vault.broker.unlock()
    for _ in range(7):
        assert call(broker, token).status == 200
    for _ in range(3):
        assert call(broker, "tct_" + "A" * 64).status == 401
    page = scrape_until(broker, "tacit_requests_total", 7)
    session = broker.run("sessions", "--json").json["sessions"][0]["session_id"]
    for secret in (vault.key, token, token[4:26], session, "alice", "localhost", "mirror"):
        assert secret not in page.text
    account = broker.run("account", "show", "--json").json["account_id"]
    assert page.value("tacit_requests_total", account=account, alias="openai", status="200") == 7
    assert page.sum("tacit_requests_total") == 7
    assert page.value("tacit_refused_requests_total", code="token_unknown") == 3
    assert page.value("tacit_body_bytes_total", direction="up") == page.value("tacit_body_bytes_total", direction="down") == 7 * 65
    for name in ("tacit_exposure_seconds", "tacit_added_latency_seconds"):
        assert page.families[name].type == "histogram"
        buckets = page.buckets(name)
        assert [count for _, count in buckets] == sorted(count for _, count in buckets)
        assert buckets[-1] == (float("inf"), 7) and page.value(name + "_count") == 7
        assert 0 < page.value(name + "_sum") < 7
        assert {1e-6, 2e-6, 1e-5, 2e-5, 1e-4, 2e-4, 5e-4} <= {bound for bound, _ in buckets}
    assert page.value("tacit_ready") == page.value("tacit_kek_reachable") == 1
    assert page.value("tacit_sessions") == 1
    assert page.value("tacit_build_info", version=broker.run("status", "--json").json["info"]["version"]) == 1
    assert abs(page.value("process_start_time_seconds") - time.time()) < 600
    assert page.value("process_resident_memory_bytes") > 1_000_000
    broker.run("lock", "--all")
    assert scrape(broker).value("tacit_sessions") == 0


def test_only_the_operator_reads_metrics_and_the_listener_has_nothing_else(tmp_path, certificates):
    port = free_port()
    broker = Broker(tmp_path, ca=certificates / "ca.pem", options=["--metrics", f"127.0.0.1:{port}"]).start()
    try:
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{broker.control}/metrics")
        assert refused.value.code == 401
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            assert Page(answer.read().decode()).value("tacit_requests_total") is None
        for path, method, status in (("/v1/info", "GET", 404), ("/metrics", "POST", 405)):
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}{path}", method=method))
            assert refused.value.code == status
        # A key cannot be sent there, even where private destinations are allowed: none of our own listeners is dialled.
        broker.create_account()
        broker.run("enroll", "custom", "--alias", "loop", "--base-url", f"http://127.0.0.1:{port}", "--inject-header", "Authorization: Bearer {key}",
                   "--allow-private-destination", "--allow-plaintext-destination", "--key-stdin", stdin="k" * 20)
        assert call(broker, broker.unlock(), "/loop/metrics").status == 502
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            assert Page(answer.read().decode()).value("tacit_upstream_dial_failures_total", code="destination_refused") == 1
    finally:
        broker.stop()


def test_a_metrics_listener_off_loopback_is_refused(tmp_path):
    broker = Broker(tmp_path, options=["--metrics", "0.0.0.0:9464"])
    broker.start(wait=False)
    assert broker.process.wait(timeout=20) == 3
    assert "--metrics" in broker.log.read_text() and "loopback" in broker.log.read_text()


def test_a_slow_connection_is_in_no_time_of_ours(broker, upstream):
    """The key is opened when the connection stands, however long that takes."""

    class Relay:
        def __init__(self):
            self.listener = socket.create_server(("127.0.0.1", 0))
            self.url = f"https://localhost:{self.listener.getsockname()[1]}"
            threading.Thread(target=self.serve, daemon=True).start()

        def serve(self):
            client, _ = self.listener.accept()
            time.sleep(0.7)
            server = socket.create_connection(("127.0.0.1", upstream.port))
            threading.Thread(target=self.pump, args=(server, client), daemon=True).start()
            self.pump(client, server)

        def pump(self, source, sink):
            while data := source.recv(65_536):
                sink.sendall(data)

    key = canary()
    upstream.keys.add(key)
    broker.create_account()
    broker.enroll(Relay(), key)
    token = broker.unlock()
    began = time.monotonic()
    answer = call(broker, token)
    assert answer.status == 200 and time.monotonic() - began > 0.7
    page = scrape_until(broker, "tacit_requests_total", 1)
    assert 0 < page.value("tacit_exposure_seconds_sum") < 0.5
    assert 0 < page.value("tacit_added_latency_seconds_sum") < 0.5
    assert all(float(part.split("dur=")[1]) < 500 for part in answer.getheader("server-timing").split(", "))


def test_server_timing_tells_our_share_from_the_upstreams(vault):
    answer = call(vault.broker, vault.broker.unlock(), "/openai/v1/slow?ms=400")
    tacit, upstream = (float(part.split("dur=")[1]) for part in answer.getheader("server-timing").split(", "))
    assert 0 < tacit < 300
    assert 399 < upstream < 10_000


def test_usage_tells_days_sessions_and_keys_apart(vault):
    broker = vault.broker
    first, second = broker.unlock(), broker.unlock()
    for token, times in ((first, 2), (second, 3)):
        for _ in range(times):
            assert call(broker, token).status == 200
    scrape_until(broker, "tacit_requests_total", 5)
    (row,) = broker.run("usage", "--by", "alias", "--json").json["usage"]
    assert (row["alias"], row["requests"], row["exposures"], row["bytes_up"]) == ("openai", 5, 5, 5 * 65)
    assert 0 < row["exposure_microseconds"] / row["exposures"] < 100_000 and "status" not in row
    rows = broker.run("usage", "--by", "day,session", "--since", "1h", "--json").json["usage"]
    assert sorted(row["requests"] for row in rows) == [2, 3]
    assert {row["session_id"] for row in rows} == {s["session_id"] for s in broker.run("sessions", "--json").json["sessions"]}
    assert all(row["day"] % 86_400 == 0 for row in rows)
    table = broker.run("usage").out
    assert "openai@1" in table and "EXPOSURE" in table and "µs" in table
    assert broker.run("usage", "--by", "path", check=False).status == 2


def test_the_log_carries_nothing_a_peer_sent(vault):
    broker, token = vault.broker, vault.broker.unlock()
    mark = "canary" + secrets.token_hex(8)
    header = {f"X-{mark}": mark, "User-Agent": mark, "Referer": f"https://{mark}/"}
    assert call(broker, token, f"/openai/v1/mirror/{mark}?{mark}={mark}", mark.encode(), header.items()).status == 404
    call(broker, token, f"/{mark}/v1", b"", header.items())
    call(broker, mark, "/openai/v1/mirror", b"", header.items())
    call(broker, token, f"/openai/../{mark}", b"")
    for address in (("127.0.0.1", broker.proxy_port), ("127.0.0.1", broker.control_port)):
        for raw in (f"GET /{mark} HTTP/1.1\r\nHost: {mark}\r\n\r\n", f"{mark}\r\n\r\n", f"GET /v1/{mark}?{mark} HTTP/1.1\r\nHost: 127.0.0.1:{address[1]}\r\n{mark}: {mark}\r\n\r\n",
                    f"POST /v1/login/start HTTP/1.1\r\nHost: 127.0.0.1:{address[1]}\r\nContent-Type: application/json\r\nContent-Length: {len(mark) + 2}\r\n\r\n\"{mark}\""):
            with socket.create_connection(address, timeout=5) as connection:
                connection.sendall(raw.encode())
                connection.recv(65_536)
    broker.stop()
    log = broker.log.read_text()
    assert mark not in log and token not in log
    # The log is there, at its most talkative.
    assert "request.id" in log and "requests refused" in log

"""WebSockets through the proxy, with a client and a server that know nothing of it."""

import json
import os
import signal
import socket
import threading
import time

import pytest
from harness import canary
from websocket_upstream import WebSocketUpstream
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect


@pytest.fixture
def realtime(broker, certificates):
    """A broker whose key `openai` belongs to a WebSocket server."""
    upstream = WebSocketUpstream(certificates / "leaf.pem", certificates / "leaf.key", keys=set())
    key = canary()
    upstream.keys.add(key)
    broker.create_account()
    broker.enroll(upstream, key)
    upstream.key, upstream.broker = key, broker
    yield upstream
    upstream.stop()


def dial(realtime, token=None, **more):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return connect(f"ws://127.0.0.1:{realtime.broker.proxy_port}/openai/v1/realtime?model=m", additional_headers=headers, max_size=None, **more)


def wait_closed(realtime, seconds=3):
    deadline = time.time() + seconds
    while not realtime.closed and time.time() < deadline:
        time.sleep(0.02)
    return realtime.closed


def test_a_session_that_does_not_say_so_allows_none(realtime):
    with pytest.raises(InvalidStatus) as refused:
        dial(realtime, realtime.broker.unlock())
    assert refused.value.response.status_code == 403
    message = json.loads(refused.value.response.body)["error"]
    assert message["code"] == "upgrade_not_allowed" and message["message"].endswith("run: tacit unlock --keys openai --allow-upgrade")
    with pytest.raises(InvalidStatus) as unknown:
        dial(realtime, "tct_" + "A" * 64)
    assert unknown.value.response.status_code == 401
    assert realtime.requests == []


def test_messages_pass_both_ways(realtime):
    token = realtime.broker.unlock("--allow-upgrade")
    with dial(realtime, token, subprotocols=["realtime", "never"]) as client:
        assert client.subprotocol == "realtime"
        assert client.response.headers["tacit-key"] == "openai@1" and client.response.headers["tacit-request-id"]
        assert "Sec-WebSocket-Extensions" not in client.response.headers, "compression would hide an echo of the key"
        for message in ["hello", "ends in s", "", "é" * 1000, os.urandom(125), os.urandom(126), os.urandom(70_000), os.urandom(3_000_000)]:
            client.send(message)
            assert client.recv(timeout=20) == message
        assert client.ping().wait(5)
        client.send("count 200")
        for number in range(200):
            assert client.recv(timeout=20) == number.to_bytes(4, "big") * 16384
    request = realtime.requests[0]
    assert request.path == "/v1/realtime?model=m" and request.headers["authorization"] == f"Bearer {realtime.key}"
    assert request.headers["sec-websocket-protocol"] == "realtime, never" and "tct_" not in str(request.headers)
    assert wait_closed(realtime) == [(1000, "")]


def test_a_browsers_token_comes_as_a_subprotocol(realtime):
    token = realtime.broker.unlock("--allow-upgrade")
    with dial(realtime, subprotocols=["realtime", f"openai-insecure-api-key.{token}", "openai-beta.realtime-v1"]) as client:
        client.send("hello")
        assert client.recv(timeout=5) == "hello" and client.subprotocol == "realtime"
    assert realtime.requests[0].headers["sec-websocket-protocol"] == "realtime, openai-beta.realtime-v1"
    assert "tct_" not in str(realtime.requests[0].headers)


@pytest.mark.parametrize("by_client", [True, False])
def test_the_closing_handshake_passes_with_its_code(realtime, by_client):
    with dial(realtime, realtime.broker.unlock("--allow-upgrade")) as client:
        if by_client:
            client.close(4001, "enough")
        else:
            client.send("close 4002 no more")
            with pytest.raises(ConnectionClosed) as closed:
                client.recv(timeout=5)
            assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4002, "no more")
    assert wait_closed(realtime) == [(4001, "enough") if by_client else (4002, "no more")]


def test_an_echo_of_the_key_is_redacted(realtime):
    with dial(realtime, realtime.broker.unlock("--allow-upgrade")) as client:
        client.send("key")
        assert client.recv(timeout=5) == "your key is " + "*" * len(realtime.key)
        client.send(f"said by the client: {realtime.key}")
        assert client.recv(timeout=5) == "said by the client: " + "*" * len(realtime.key)


def test_locking_ends_a_tunnel_within_a_second(realtime):
    with dial(realtime, realtime.broker.unlock("--allow-upgrade")) as client:
        client.send("hello")
        assert client.recv(timeout=5) == "hello"
        realtime.broker.run("lock", "--all")
        start = time.time()
        with pytest.raises(ConnectionClosed) as closed:
            client.recv(timeout=5)
        assert time.time() - start < 1 and closed.value.rcvd is None, "no closing handshake: nobody may take this for the peer's end"
    assert wait_closed(realtime)


def test_a_client_that_vanishes_ends_the_upstreams_side(realtime):
    with dial(realtime, realtime.broker.unlock("--allow-upgrade")) as client:
        client.send("hello")
        assert client.recv(timeout=5) == "hello"
        client.socket.shutdown(socket.SHUT_RDWR)
        assert wait_closed(realtime, 2) == [(1006, "")]


def test_a_drain_leaves_tunnels_until_its_deadline(realtime):
    process = realtime.broker.process
    with dial(realtime, realtime.broker.unlock("--allow-upgrade")) as client:
        process.send_signal(signal.SIGTERM)
        start = time.time()
        time.sleep(2)
        client.send("still here")
        assert client.recv(timeout=5) == "still here"
        with pytest.raises(ConnectionClosed):
            client.recv(timeout=20)
        assert 5 < time.time() - start < 20
    assert process.wait(timeout=20) == 0


def test_many_tunnels_at_once(realtime):
    token = realtime.broker.unlock("--allow-upgrade")
    failures = []

    def talk(number):
        try:
            with dial(realtime, token) as client:
                for round_ in range(20):
                    client.send(f"{number} {round_}")
                    if client.recv(timeout=20) != f"{number} {round_}":
                        raise AssertionError("another tunnel's message")
        except Exception as error:
            failures.append(repr(error))

    threads = [threading.Thread(target=talk, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []

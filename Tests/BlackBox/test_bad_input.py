"""Bad input: the documented status and code, the connection and the broker intact, nothing upstream touched before the token was tested."""

import json
import socket
import threading
import time

import pytest
from harness import canary
from upstream import Upstream


class Wire:
    """A raw connection to the proxy."""

    def __init__(self, broker):
        self.socket = socket.create_connection(("127.0.0.1", broker.proxy_port), timeout=15)
        self.buffer = b""
        self.port = broker.proxy_port

    def send(self, data):
        self.socket.sendall(data)

    def request(self, target, token=None, method="GET", headers=(), body=b"", host=None):
        lines = [f"{method} {target} HTTP/1.1", f"host: {host or f'127.0.0.1:{self.port}'}", *headers]
        if token:
            lines.append(f"authorization: Bearer {token}")
        if body:
            lines.append(f"content-length: {len(body)}")
        self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        return self.answer()

    def answer(self):
        while b"\r\n\r\n" not in self.buffer:
            data = self.socket.recv(65536)
            if not data:
                raise EOFError(self.buffer)
            self.buffer += data
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines[1:])}
        length = int(headers.get("content-length", 0))
        while len(self.buffer) < length:
            data = self.socket.recv(65536)
            if not data:
                raise EOFError("body cut")
            self.buffer += data
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        return int(lines[0].split()[1]), headers, body


def check_error(answer, status, code):
    got, headers, body = answer
    message = json.loads(body)
    assert (got, message["error"]["code"]) == (status, code), body
    assert message["type"] == "error" and message["error"]["type"] == "tacit_error" and message["error"]["param"] is None
    assert message["error"]["message"] and message["request_id"] == headers["tacit-request-id"]
    assert headers["content-type"].startswith("application/json")
    assert (headers.get("x-should-retry") == "false") == (status in (401, 403, 404) or code == "requests_used_up")
    return message["error"]["message"]


UNKNOWN = "tct_" + "A" * 64


@pytest.mark.parametrize(
    "header,code",
    [
        (None, "token_missing"),
        ("authorization: Bearer ", "token_missing"),
        ("authorization: Bearer tct_short", "token_malformed"),
        ("authorization: Bearer sk-something-else", "token_malformed"),
        ("x-api-key: tct_" + "!" * 64, "token_malformed"),
        ("authorization: Bearer " + UNKNOWN, "token_unknown"),
        ("x-api-key: " + UNKNOWN, "token_unknown"),
        ("x-goog-api-key: " + UNKNOWN, "token_unknown"),
        ("api-key: " + UNKNOWN, "token_unknown"),
    ],
)
def test_a_bad_token_is_401_and_the_connection_goes_on(vault, header, code):
    wire = Wire(vault.broker)
    for _ in range(2):
        message = check_error(wire.request("/openai/v1/models", headers=[header] if header else []), 401, code)
        assert "run: tacit " in message
    assert vault.upstream.connections == 0, "the upstream was touched before the token was tested"
    status, _, _ = wire.request("/openai/v1/mirror", vault.broker.unlock(), "POST", body=b"x")
    assert status == 200


def test_the_right_id_with_a_wrong_secret_is_the_same_answer(vault):
    token = vault.broker.unlock()
    wrong = token[:-2] + ("AA" if not token.endswith("AA") else "BA")
    assert wrong != token
    check_error(Wire(vault.broker).request("/openai/v1/models", wrong), 401, "token_unknown")
    assert vault.upstream.connections == 0


def test_a_token_of_another_account_does_not_reach_the_key(vault):
    vault.broker.run("account", "create", "bob", env={"TACIT_ACCOUNT": "bob"})
    other = canary()
    vault.upstream.keys.add(other)
    vault.broker.enroll(vault.upstream, other, "openai", "--alias", "theirs", env={"TACIT_ACCOUNT": "bob"})
    token = vault.broker.unlock(env={"TACIT_ACCOUNT": "bob"})
    status = Wire(vault.broker).request("/openai/v1/mirror", token, "POST", body=b"x")
    check_error(status, 404, "alias_unknown")
    assert vault.upstream.connections == 0


def test_two_different_tokens_are_refused(vault):
    token = vault.broker.unlock()
    answer = Wire(vault.broker).request("/openai/v1/models", token, headers=["x-api-key: " + UNKNOWN])
    check_error(answer, 400, "token_conflict")
    status, _, _ = Wire(vault.broker).request("/openai/v1/mirror", token, "POST", headers=["x-api-key: " + token], body=b"x")
    assert status == 200, "the same token twice is no conflict"


def test_a_token_in_the_query_is_found_and_cut_out(vault):
    token = vault.broker.unlock()
    status, _, _ = Wire(vault.broker).request(f"/openai/v1/mirror?key={token}&chunked=1", None, "POST", body=b"x")
    assert status == 200
    assert vault.upstream.requests[-1].query == {"chunked": "1"}


@pytest.mark.parametrize(
    "target,status,code",
    [("/nothing/v1/models", 404, "alias_unknown"), ("/", 404, "alias_unknown"), ("/openai/v1/../admin", 400, None), ("/openai/v1/%2e%2e/admin", 400, None),
     ("/openai//v1/models", 400, None), ("/openai/v1\\models", 400, None), ("/openai/v1/organization/admin_api_keys", 403, "path_denied")],
)
def test_targets_outside_the_destination(vault, target, status, code):
    token = vault.broker.unlock()
    got = Wire(vault.broker).request(target, token)
    assert got[0] == status, got
    if code:
        check_error(got, status, code)
    assert vault.upstream.requests == []


def test_policy_limits(vault):
    token = vault.broker.unlock("--methods", "POST", "--paths", "/v1/mirror", "--max-requests", "2")
    wire = Wire(vault.broker)
    check_error(wire.request("/openai/v1/mirror", token), 403, "method_not_allowed")
    check_error(wire.request("/openai/v1/mirrors", token, "POST", body=b"x"), 403, "path_not_allowed")
    for _ in range(2):
        assert wire.request("/openai/v1/mirror", token, "POST", body=b"x")[0] == 200
    check_error(wire.request("/openai/v1/mirror", token, "POST", body=b"x"), 429, "requests_used_up")


def test_a_browser_origin_is_refused(vault):
    token = vault.broker.unlock()
    check_error(Wire(vault.broker).request("/openai/v1/mirror", token, headers=["origin: https://evil.example"]), 403, "origin_not_allowed")


def test_a_foreign_host_is_421(vault):
    check_error(Wire(vault.broker).request("/openai/v1/models", UNKNOWN, host="evil.example"), 421, "foreign_host")


@pytest.mark.parametrize(
    "raw",
    [
        b"GET /openai/v1/models HTTP/1.1\r\nhost: HOST\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\nx",
        b"POST /openai/v1/models HTTP/1.1\r\nhost: HOST\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /openai/v1/models HTTP/1.1\r\nhost: HOST\r\ncontent-length: +1\r\n\r\nx",
        b"POST /openai/v1/models HTTP/1.1\r\nhost: HOST\r\ntransfer-encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"GET /openai/v1/models HTTP/1.1\nhost: HOST\n\n",
        b"GET /openai/v1/models HTTP/1.1\r\nhost: HOST\r\nx: a\r\n b\r\n\r\n",
        b"GET /openai/v1/models HTTP/1.1\r\nhost : HOST\r\n\r\n",
        b"GET /openai/v1/models HTTP/1.1\r\nhost: HOST\r\nx: \x00\r\n\r\n",
        b"GET http://HOST/openai/v1/models HTTP/1.1\r\nhost: HOST\r\n\r\n",
        b"GET /openai/v1/models HTTP/2.0\r\nhost: HOST\r\n\r\n",
        b"GET  /openai/v1/models HTTP/1.1\r\nhost: HOST\r\n\r\n",
        b"GET /openai/v1/models HTTP/1.1\r\n\r\n",
        b"GET /openai/v1/models HTTP/1.1\r\nhost: HOST\r\nhost: HOST\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_an_ambiguous_head_is_400_and_closes(vault, raw):
    wire = Wire(vault.broker)
    wire.send(raw.replace(b"HOST", f"127.0.0.1:{wire.port}".encode()))
    status, headers, _ = wire.answer()
    assert status == (505 if b"HTTP/2.0" in raw else 400) and headers["connection"] == "close"
    assert wire.socket.recv(1) == b""
    assert vault.upstream.connections == 0
    check_error(Wire(vault.broker).request("/openai/v1/models"), 401, "token_missing")


def test_an_oversized_head_is_refused(vault):
    wire = Wire(vault.broker)
    try:
        wire.send(b"GET /openai/v1/models HTTP/1.1\r\nhost: x\r\nx-big: " + b"a" * 200_000)
    except OSError:
        pass
    status, headers, _ = wire.answer()
    assert status in (400, 431) and headers["connection"] == "close"


def enroll_other(vault, upstream_url, alias):
    """A second key whose destination is not the fixture's upstream."""
    class Elsewhere:
        url = upstream_url

    vault.broker.enroll(Elsewhere, canary(), "openai", "--alias", alias)
    return vault.broker.unlock("--keys", alias)


def test_a_dead_upstream_is_502(vault):
    from ports import free_port

    token = enroll_other(vault, f"https://localhost:{free_port()}", "dead")
    check_error(Wire(vault.broker).request("/dead/v1/models", token), 502, "upstream_unreachable")


def test_an_upstream_with_a_strangers_certificate_is_502_and_sees_no_key(vault, certificates):
    stranger = Upstream(certificates / "stranger.pem", certificates / "stranger.key", keys=set())
    token = enroll_other(vault, stranger.url, "stranger")
    check_error(Wire(vault.broker).request("/stranger/v1/models", token), 502, "upstream_tls")
    assert stranger.raw == []
    stranger.stop()


def test_an_upstream_that_speaks_no_tls_is_502(vault):
    listener = socket.create_server(("127.0.0.1", 0))

    def refuse():
        connection, _ = listener.accept()
        seen.append(connection.recv(65536))
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
        connection.close()

    seen = []
    threading.Thread(target=refuse, daemon=True).start()
    token = enroll_other(vault, f"https://localhost:{listener.getsockname()[1]}", "plain")
    check_error(Wire(vault.broker).request("/plain/v1/models", token), 502, "upstream_tls")
    assert seen[0][:1] == b"\x16" and b"sk-canary" not in seen[0]
    listener.close()


def test_an_upstream_that_never_answers_is_504(vault):
    listener = socket.create_server(("127.0.0.1", 0))
    token = enroll_other(vault, f"https://localhost:{listener.getsockname()[1]}", "mute")
    check_error(Wire(vault.broker).request("/mute/v1/models", token), 504, "upstream_timeout")
    listener.close()


def test_an_upstream_that_disagrees_with_its_framing_is_502(vault):
    token = vault.broker.unlock()
    wire = Wire(vault.broker)
    check_error(wire.request("/openai/v1/two-lengths", token), 502, "upstream_protocol")
    with pytest.raises(EOFError):
        wire.request("/openai/v1/cut", token)


def test_redirects(vault):
    token = vault.broker.unlock()
    wire = Wire(vault.broker)
    status, headers, _ = wire.request(f"/openai/v1/redirect?to={vault.upstream.url}/v1/other", token)
    assert (status, headers["location"]) == (302, "/openai/v1/other")
    status, headers, _ = wire.request("/openai/v1/redirect?to=/v1/relative", token)
    assert (status, headers["location"]) == (302, "/openai/v1/relative")
    answer = wire.request("/openai/v1/redirect?to=https://evil.example/v1/other", token)
    check_error(answer, 502, "redirect_refused")
    assert "location" not in answer[1] and b"evil.example" not in answer[2]


def test_a_relative_redirect_cannot_name_another_alias(vault):
    check_error(Wire(vault.broker).request("/openai", vault.broker.unlock()), 502, "redirect_refused")


def test_no_head_is_so_tight_that_the_body_becomes_part_of_it(vault):
    token = vault.broker.unlock()
    for size in [*range(7800, 8250, 6), *range(16000, 16450, 6)]:
        status, headers, body = Wire(vault.broker).request(f"/openai/v1/many-fields?size={size}", token, headers=["connection: close"])
        assert (status, body, headers["connection"]) == (200, b"set-cookie: evil=1\r\n", "close") and "set-cookie" not in headers, size


def test_a_slow_reader_gets_all_of_an_answer_that_ends_the_connection(vault):
    body = bytes(range(256)) * 12000
    for version in ("1.1", "1.0"):
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", vault.broker.proxy_port))
        client.sendall((f"POST /openai/v1/mirror HTTP/{version}\r\nhost: 127.0.0.1:{vault.broker.proxy_port}\r\nx-api-key: {vault.broker.unlock()}\r\n"
                        f"connection: close\r\ncontent-length: {len(body)}\r\n\r\n").encode() + body)
        time.sleep(1)
        got = b""
        while data := client.recv(65536):
            got += data
            time.sleep(0.0005)
        assert got.partition(b"\r\n\r\n")[2] == body, (version, len(got))


def test_headers_of_the_upstream_that_never_pass(vault):
    _, headers, _ = Wire(vault.broker).request("/openai/v1/leaky-head", vault.broker.unlock())
    assert not {"set-cookie", "alt-svc", "access-control-allow-origin", "clear-site-data"} & set(headers)
    assert headers["tacit-key"] == "openai@1" and headers["x-request-id"] == "kept"


@pytest.mark.parametrize("form", ["raw", "base64", "percent", "json"])
@pytest.mark.parametrize("split", [None, 1, 7])
def test_echoes_of_the_key_are_redacted(broker, upstream, form, split):
    key = "sk-" + "aZ/+=9-_" * 5
    upstream.keys.add(key)
    broker.create_account()
    broker.enroll(upstream, key)
    token = broker.unlock()
    wire = Wire(broker)
    wire.request(f"/openai/v1/echo-key?form={form}" + (f"&split={split}" if split else ""), token)
    body = wire.buffer
    if split:
        deadline = time.time() + 5
        while b"\r\n0\r\n\r\n" not in b"\r\n" + body and time.time() < deadline:
            body += wire.socket.recv(65536)
        text, rest = b"", body
        while rest:
            size, _, rest = rest.partition(b"\r\n")
            text, rest = text + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
    else:
        text = Wire(broker).request(f"/openai/v1/echo-key?form={form}", token)[2]
    shown = text.removeprefix(b"before ").removesuffix(b" after")
    if form == "base64":
        # The last group also depends on what follows the key: it stays, and tells the last byte or two.
        assert shown.endswith(b"Xw==")
        shown = shown.removesuffix(b"Xw==")
    assert len(shown) >= len(key) and set(shown) == {ord("*")}, text


def test_an_echo_in_a_header_is_redacted(vault):
    _, headers, _ = Wire(vault.broker).request("/openai/v1/echo-key?head=1", vault.broker.unlock())
    assert headers["x-echo"] == "before " + "*" * len(vault.key) + " after"


def test_a_private_destination_needs_the_keys_flag(vault):
    result = vault.broker.run("enroll", "openai", "--alias", "private", "--base-url", vault.upstream.url, "--key-stdin", stdin=vault.key)
    token = vault.broker.unlock("--keys", "private")
    check_error(Wire(vault.broker).request("/private/v1/models", token), 502, "destination_refused")
    assert vault.upstream.connections == 0


def test_garbage_on_the_control_plane(vault):
    with socket.create_connection(("127.0.0.1", vault.broker.control_port), timeout=5) as control:
        control.sendall(b"\x00\xff\r\n\r\n")
        control.recv(1000)
    assert vault.broker.run("keys").status == 0

"""Chromium: a page of an allowed origin calls the proxy, a page of another origin does not. Skipped where Chromium is missing."""

import http.server
import shutil
import threading

import pytest
from browser import Browser
from harness import canary
from websocket_upstream import WebSocketUpstream

pytestmark = pytest.mark.skipif(not (shutil.which("chromium") and shutil.which("chromedriver")), reason="chromium and chromium-driver are missing")


class Page:
    """An empty page under an origin of its own."""

    def __init__(self):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("content-type", "text/html")
                self.end_headers()
                self.wfile.write(b"<!doctype html><title>page</title>")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://localhost:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    made = Browser(tmp_path_factory.mktemp("chromium"))
    yield made
    made.stop()


@pytest.fixture(scope="module")
def pages():
    made = Page(), Page()
    yield made
    for page in made:
        page.server.shutdown()


CALL = """
const answer = await fetch(args[0], {method: "POST", headers: {"authorization": "Bearer " + args[1], "content-type": "application/json", "x-stainless-os": "x"},
                                     body: JSON.stringify({model: "m", messages: []})});
const names = ["tacit-key", "tacit-request-id", "x-request-id", "x-hidden"];
return {status: answer.status, body: await answer.json(), headers: names.map((name) => answer.headers.get(name))};
"""


def test_a_page_of_an_allowed_origin_calls_and_reads(vault, browser, pages):
    allowed, _ = pages
    token = vault.broker.unlock("--origins", allowed.origin)
    result = browser.run(allowed, CALL, f"{vault.broker.proxy}/openai/v1/chat/completions", token)
    assert result["status"] == 200 and result["body"]["choices"][0]["message"]["content"] == "hello from upstream", result
    key, request_id, upstreams_id, hidden = result["headers"]
    assert key == "openai@1" and len(request_id) == 22 and upstreams_id == "up-1" and hidden is None
    assert [request.method for request in vault.upstream.requests] == ["POST"], "the preflight went no further than the proxy"
    assert vault.upstream.requests[0].header("origin") is None and vault.upstream.requests[0].header("referer") is None


def test_it_reads_a_stream_as_it_comes(vault, browser, pages):
    allowed, _ = pages
    token = vault.broker.unlock("--origins", allowed.origin)
    result = browser.run(allowed, """
        const answer = await fetch(args[0], {method: "POST", headers: {"authorization": "Bearer " + args[1]},
                                             body: JSON.stringify({model: "m", stream: true, messages: []})});
        const reader = answer.body.getReader(), times = [], decoder = new TextDecoder();
        let text = "";
        for (;;) {
            const {done, value} = await reader.read();
            if (done) return {text, times};
            times.push(performance.now());
            text += decoder.decode(value, {stream: true});
        }
        """, f"{vault.broker.proxy}/openai/v1/chat/completions", token)
    assert result["text"].count("data: ") == 5 and "[DONE]" in result["text"], result
    # They are sent over 400 ms; a page that got them all at once reads them within a few.
    assert result["times"][-1] - result["times"][0] > 50, "the frames came together"


def test_it_can_read_why_it_was_refused(vault, browser, pages):
    allowed, _ = pages
    vault.broker.unlock("--origins", allowed.origin)
    result = browser.run(allowed, CALL, f"{vault.broker.proxy}/openai/v1/chat/completions", "tct_" + "A" * 64)
    assert result["status"] == 401 and result["body"]["error"]["code"] == "token_unknown", result


def test_a_page_of_another_origin_is_refused(vault, browser, pages):
    allowed, foreign = pages
    token = vault.broker.unlock("--origins", allowed.origin)
    for page, mode in ((foreign, "preflighted"), (foreign, "simple")):
        body = CALL if mode == "preflighted" else "return (await fetch(args[0] + '?key=' + args[1])).status"
        assert browser.run(page, body, f"{vault.broker.proxy}/openai/v1/chat/completions", token) == {"error": "TypeError"}
    assert vault.upstream.connections == 0
    vault.broker.run("lock", "--all")
    assert browser.run(allowed, CALL, f"{vault.broker.proxy}/openai/v1/chat/completions", token) == {"error": "TypeError"}


def test_a_websocket_of_a_page(broker, certificates, browser, pages):
    allowed, foreign = pages
    upstream = WebSocketUpstream(certificates / "leaf.pem", certificates / "leaf.key", keys=set())
    key = canary()
    upstream.keys.add(key)
    broker.create_account()
    broker.enroll(upstream, key)
    token = broker.unlock("--origins", allowed.origin, "--allow-upgrade")
    talk = """
        const socket = new WebSocket(args[0], ["realtime", "openai-insecure-api-key." + args[1]]);
        return await new Promise((resolve) => {
            socket.onopen = () => socket.send("hello");
            socket.onmessage = (event) => { resolve({said: event.data, protocol: socket.protocol}); socket.close(); };
            socket.onerror = () => resolve({error: "refused"});
        });
        """
    url = f"ws://127.0.0.1:{broker.proxy_port}/openai/v1/realtime"
    assert browser.run(allowed, talk, url, token) == {"said": "hello", "protocol": "realtime"}
    assert browser.run(foreign, talk, url, token) == {"error": "refused"}
    assert len(upstream.requests) == 1 and "tct_" not in str(upstream.requests[0].headers)
    upstream.stop()

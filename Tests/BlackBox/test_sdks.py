"""The unmodified provider SDKs through `tacit run`, against an upstream that records every byte."""

import hashlib
import json
import os
import subprocess
import sys

import pytest

OPENAI = """
import os, sys, openai
assert os.environ["OPENAI_API_KEY"].startswith("tct_")
client = openai.OpenAI(max_retries=0)
messages = [{"role": "user", "content": "héllo"}]
if sys.argv[1] == "stream":
    for part in client.chat.completions.create(model="gpt-test", messages=messages, stream=True):
        print(part.choices[0].delta.content, end="", flush=True)
else:
    raw = client.chat.completions.with_raw_response.create(model="gpt-test", messages=messages)
    print(raw.parse().choices[0].message.content, raw.headers["tacit-key"], len(raw.headers["tacit-request-id"]) > 8)
"""

ANTHROPIC = """
import os, sys, anthropic
assert os.environ["ANTHROPIC_API_KEY"].startswith("tct_")
client = anthropic.Anthropic(max_retries=0)
arguments = dict(model="claude-test", max_tokens=9, messages=[{"role": "user", "content": "héllo"}])
if sys.argv[1] == "stream":
    with client.messages.stream(**arguments) as stream:
        for text in stream.text_stream:
            print(text, end="", flush=True)
else:
    raw = client.messages.with_raw_response.create(**arguments)
    print(raw.parse().content[0].text, raw.headers["tacit-key"], len(raw.headers["tacit-request-id"]) > 8)
"""

NEVER_UPSTREAM = {"connection", "keep-alive", "te", "trailer", "upgrade", "proxy-authorization", "cookie", "origin", "referer", "forwarded", "x-forwarded-for"}


def sdk(vault, alias, source, mode):
    return vault.broker.run("run", "--keys", alias, "--", sys.executable, "-c", source, mode)


def check_request(vault, request, header, value):
    assert request.header(header) == value
    names = [name.lower() for name, _ in request.headers]
    assert not NEVER_UPSTREAM & set(names)
    assert request.header("host") == f"localhost:{vault.upstream.port}"
    assert b"tct_" not in b"".join(vault.upstream.raw)


@pytest.mark.parametrize("mode", ["plain", "stream"])
def test_openai_sdk(vault, mode):
    result = sdk(vault, "openai", OPENAI, mode)
    assert result.out.strip() == ("hello from upstream openai@1 True" if mode == "plain" else "hello from the stream")
    (request,) = vault.upstream.requests
    assert (request.method, request.path) == ("POST", "/v1/chat/completions")
    check_request(vault, request, "authorization", f"Bearer {vault.key}")
    assert json.loads(request.body)["messages"][0]["content"] == "héllo"


@pytest.mark.parametrize("mode", ["plain", "stream"])
def test_anthropic_sdk(vault, mode):
    from harness import canary

    key = canary("sk-ant")
    vault.upstream.keys.add(key)
    vault.broker.enroll(vault.upstream, key, "anthropic")
    result = sdk(vault, "anthropic", ANTHROPIC, mode)
    assert result.out.strip() == ("hello from upstream anthropic@1 True" if mode == "plain" else "hello from the stream")
    (request,) = vault.upstream.requests
    assert (request.method, request.path) == ("POST", "/v1/messages")
    check_request(vault, request, "x-api-key", key)
    assert request.header("authorization") is None
    assert request.header("anthropic-version")


def test_stream_arrives_chunk_by_chunk(vault):
    source = OPENAI.replace("print(part", "import time; print(time.monotonic(), '|', part").replace('end=""', 'end="\\n"')
    times = [float(line.split("|")[0]) for line in sdk(vault, "openai", source, "stream").out.strip().splitlines()]
    assert len(times) == 4
    assert all(later - earlier > 0.05 for earlier, later in zip(times, times[1:])), times


@pytest.mark.parametrize("chunked_up", [False, True])
@pytest.mark.parametrize("chunked_down", [False, True])
@pytest.mark.parametrize("size", [0, 1, 65536, 3_000_000])
def test_bodies_are_byte_identical_both_ways(vault, size, chunked_up, chunked_down, tmp_path):
    token = vault.broker.unlock()
    body = os.urandom(size)
    (tmp_path / "body").write_bytes(body)
    command = ["curl", "-sS", "-o", tmp_path / "answer", "-w", "%{http_code}", "-X", "POST", "-H", f"Authorization: Bearer {token}", "-H", "Expect:",
               "--data-binary", f"@{tmp_path}/body", f"{vault.broker.proxy}/openai/v1/mirror" + ("?chunked=1" if chunked_down else "")]
    if chunked_up:
        command[1:1] = ["-H", "Transfer-Encoding: chunked"]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=30)
    assert (done.stdout, done.stderr) == ("200", "")
    assert vault.upstream.requests[-1].body == body
    assert hashlib.sha256((tmp_path / "answer").read_bytes()).digest() == hashlib.sha256(body).digest()


def test_an_sdk_shows_our_error(vault):
    source = OPENAI.replace("client = ", "os.environ['OPENAI_API_KEY'] = 'tct_' + 'A' * 64\nclient = ")
    result = vault.broker.run("run", "--keys", "openai", "--", sys.executable, "-c", source, "plain", check=False)
    assert result.status == 1
    assert "AuthenticationError: Error code: 401" in result.err and "run: tacit unlock" in result.err

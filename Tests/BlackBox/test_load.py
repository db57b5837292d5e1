"""The load program sees every fault it is there to see; and through Tacit it sees none."""

import json
import os
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest
from harness import ROOT, Broker, canary
from ports import free_port

LOAD = Path(os.environ.get("TACIT_LOAD_BINARY", ROOT / ".build/release/tacit-load"))
FRAMES = 5


def frame(stream, number, size=160):
    text = f'data: {{"stream":{stream},"frame":{number},"sent":{time.monotonic_ns()},"pad":"'
    pad = size - len(text) - 4
    return (text + "".join(chr(97 + (stream * 31 + number * 7 + place) % 26) for place in range(pad)) + '"}\n\n').encode()


def altered(frames):
    frames[2] = frames[2][:100] + bytes([frames[2][100] ^ 1]) + frames[2][101:]


def swapped(frames):
    frames[1], frames[2] = frames[2], frames[1]


#: name: (what is done to the frames, the end of the answer, what the report must count)
FAULTS = {
    "nothing": (lambda frames: None, b"0\r\n\r\n", {}),
    "a frame is missing": (lambda frames: frames.pop(2), b"0\r\n\r\n", {"lost": 1}),
    "two frames are swapped": (swapped, b"0\r\n\r\n", {"lost": 2, "reordered": 1}),
    "a frame comes twice": (lambda frames: frames.insert(2, frames[1]), b"0\r\n\r\n", {"reordered": 1}),
    "a bit is turned": (altered, b"0\r\n\r\n", {"altered": 1}),
    "a frame of another stream": (lambda frames: frames.__setitem__(3, frame(9, 3)), b"0\r\n\r\n", {"altered": 1}),
    "a clean end too early": (lambda frames: frames.__delitem__(slice(2, None)), b"0\r\n\r\n", {"truncated": 1}),
    "the end is missing": (lambda frames: None, b"", {"truncated": 1}),
    "bytes after the end": (lambda frames: None, b"0\r\n\r\nx", {"truncated": 1}),
}


def serve(listener, change, end):
    connection, _ = listener.accept()
    with connection:
        while b"\r\n\r\n" not in connection.recv(65536):
            pass
        frames = [frame(0, number) for number in range(FRAMES)] + [b"data: [DONE]\n\n"]
        change(frames)
        body = b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in frames) + end
        connection.sendall(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + body)


def run(port, *words):
    done = subprocess.run([LOAD, "streams", "--port", str(port), *words], capture_output=True, text=True, timeout=60)
    return done.returncode, json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("name", FAULTS)
def test_the_checker_counts_each_fault(name):
    change, end, expected = FAULTS[name]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener, change, end))
        thread.start()
        status, report = run(listener.getsockname()[1], "--frames", str(FRAMES), "--bytes", "160", "--interval-ms", "0")
        thread.join()
    counted = {fault: report[fault] for fault in ("lost", "reordered", "altered", "truncated") if report[fault]}
    assert counted == expected, report
    assert (status == 0) == (not expected)


def test_a_refusal_is_a_fault():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        def refuse():
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 401 X\r\ncontent-length: 0\r\n\r\n")

        thread = threading.Thread(target=refuse)
        thread.start()
        status, report = run(listener.getsockname()[1])
        thread.join()
    assert (status, report["truncated"], report["frames"]) == (1, 1, 0)


def test_hundreds_of_streams_at_a_time_lose_nothing(tmp_path, certificates):
    port = free_port()
    origin = None
    broker = Broker(tmp_path, ca=certificates / "ca.pem", environment={"TACIT_LOG_LEVEL": "warning"})
    try:
        origin = subprocess.Popen([LOAD, "origin", "--port", str(port)])
        broker.start()

        class Upstream:
            url = f"http://127.0.0.1:{port}"

        broker.create_account()
        broker.enroll(Upstream, canary(), "openai", "--allow-plaintext-destination")
        token = broker.unlock()
        status, report = run(broker.proxy_port, "--path", "/openai/v1/stream", "--header", f"Authorization: Bearer {token}", "--connections", "300",
                             "--frames", "20", "--interval-ms", "100")
        assert status == 0 and report["streams"] == 300 and report["frames"] == 6000, report
    finally:
        if origin:
            origin.terminate()
            origin.wait()
        broker.stop()

"""Event streams: frames checked one by one, memory per stream, latency of frames and of the first one."""

import json
import statistics
import subprocess
import time

import machine
import servers
from calls import median
from ports import free_port
from rig import Rig

#: Streams opened before the first reading of memory, so that what a server allocates once is not counted.
WARM = 20
BYTES = 256
COSTS = ("rss_per_stream", "pss_per_stream", "cpu_us_per_frame", "cpu_us_per_opening")
LATENCIES = ("opening_us", "frame_us", "first_us", "added_first_us")
FRONT = """location / {
    proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; proxy_read_timeout 300s; }"""


def load(port, path, token, **settings):
    words = [word for name, value in settings.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    return subprocess.Popen([servers.load_program(), "streams", "--port", str(port), "--path", path, "--header", f"Authorization: Bearer {token}",
                             "--bytes", str(BYTES), *words], stdout=subprocess.PIPE, text=True)


def report(process, what):
    """The last line of a run; a stream with a fault ends the benchmark, because its figures mean nothing."""
    out, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"{what}: streams were not as they should be\n{out}")
    return json.loads(out.splitlines()[-1])


def long_streams(target, options, token):
    """Memory per stream while all are open, and latency of frames; the process is a fresh one."""
    port, pid, path = target
    report(load(port, path, token, connections=WARM, frames=2, interval_ms=50), path)
    time.sleep(0.5)
    idle, cpu = machine.memory(pid), machine.cpu_seconds(pid)
    frames = options.seconds * 1000 // options.interval_ms
    began = time.time()
    # Room for the opening of all streams, whose time the rate of opening sets.
    process = load(port, path, token, connections=options.streams, frames=frames, interval_ms=options.interval_ms, seconds=options.seconds + 60, ramp=options.ramp)
    opened = process.stdout.readline()
    if '"open"' not in opened:
        raise SystemExit(f"not every stream opened: {opened}{process.communicate()[0]}")
    all_open = time.time()
    opening = machine.cpu_seconds(pid) - cpu
    time.sleep(0.5)
    # From here until the first stream ends, every one sends a frame per interval.
    steady = options.seconds - (all_open - began) - 1.5
    per_frame = cpu_per_frame(pid, steady, options) if steady > 0.5 else None
    open_memory = machine.memory(pid)
    found = report(process, path)
    figures = {f"{kind}_per_stream": None if idle[kind] is None else (open_memory[kind] - idle[kind]) / options.streams for kind in idle}
    return figures | {"frames": found["frames"], "cpu_us_per_frame": per_frame, "cpu_us_per_opening": opening / options.streams * 1e6,
                      "opening_us": found["first_us"], "frame_us": found["frame_us"]}


def cpu_per_frame(pid, seconds, options):
    before, began = machine.cpu_seconds(pid), time.time()
    time.sleep(seconds)
    frames = options.streams * (time.time() - began) * 1000 / options.interval_ms
    return (machine.cpu_seconds(pid) - before) / frames * 1e6


def first_frames(target, token):
    """One stream of one frame after another on one connection: what a proxy adds to the first chunk."""
    port, _, path = target
    return report(load(port, path, token, connections=1, frames=1, interval_ms=0, requests=0, seconds=3), path)["first_us"]


def ratio(own, peer):
    return own / peer if own is not None and peer else None


def run(options):
    needed, allowed = 2 * options.streams + 200, machine.raise_descriptor_limit()
    if needed > allowed:
        raise SystemExit(f"{options.streams} streams need {needed} descriptors in a proxy, and `ulimit -Hn` is {allowed}; run: Scripts/bench streams --streams {(allowed - 200) // 2}")
    with Rig() as rig:
        origin = rig.keep(servers.stream_origin(free_port()))
        plain = free_port()
        upstream = rig.upstream(FRONT, plain=plain, http=f"upstream origin {{ server 127.0.0.1:{origin.port}; keepalive 512; keepalive_requests 1000000; }}")
        broker = rig.start_broker()
        rig.enroll(upstream.port)
        token = broker.unlock()
        runs = {"nginx": [], "tacit": []}
        for _ in range(options.rounds):
            for name in runs:
                if name == "nginx":
                    peer = rig.nginx(upstream, streams=True)
                    target = (peer.port, peer.pid, "/v1/stream")
                else:
                    broker.restart()
                    target = (broker.proxy_port, broker.process.pid, "/openai/v1/stream")
                figures = long_streams(target, options, token)
                figures["first_us"] = first_frames(target, token)
                direct = first_frames((plain, None, "/v1/stream"), rig.key)
                figures["added_first_us"] = {part: figures["first_us"][part] - direct[part] for part in direct}
                runs[name].append(figures)
                if name == "nginx":
                    rig.end(peer)
    rows = {}
    for name, these in runs.items():
        rows[name] = {figure: median(run[figure] for run in these) for figure in (*COSTS, "frames")}
        for figure in LATENCIES:
            rows[name][figure] = {part: statistics.median(run[figure][part] for run in these) for part in ("p50", "p99", "max")}
    rows["ratio"] = {figure: ratio(rows["tacit"][figure], rows["nginx"][figure]) for figure in COSTS}
    rows["ratio"] |= {figure: {part: ratio(rows["tacit"][figure][part], rows["nginx"][figure][part]) for part in ("p50", "p99")}
                      for figure in LATENCIES}
    return {"kind": "streams", "rounds": options.rounds, "seconds": options.seconds, "streams": options.streams, "interval_ms": options.interval_ms,
            "frame_bytes": BYTES, "machine": machine.facts(), "rows": rows}

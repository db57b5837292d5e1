"""Calls: requests per second, CPU per request and latency beside nginx and haproxy, the time a key is open, and the start."""

import statistics
import subprocess
import time

import histograms
import machine
import servers
import wrk
from ports import free_port
from rig import Rig

BODY = '{"model":"gpt-test","messages":[{"role":"user","content":"hello"}]}'
ANSWER = """location / { default_type application/json; return 200 '{"id":"c1","object":"chat.completion","choices":[],"usage":null,"x":1}'; }"""
PATH = "/v1/chat/completions"
SLOW_SECONDS = 0.2


def median(values):
    values = [value for value in values if value is not None]
    return statistics.median(values) if values else None


def start_to_first_call(rig, token, rounds):
    """Seconds from the start of the process to its first answered call."""
    times = []
    for _ in range(rounds):
        rig.broker.stop()
        began = time.time()
        rig.broker.start(wait=False)
        while subprocess.run(["curl", "-sf", "-o", "/dev/null", "-H", f"Authorization: Bearer {token}", "-d", BODY,
                              f"{rig.broker.proxy}/openai{PATH}"]).returncode:
            time.sleep(0.005)
        times.append(time.time() - began)
    return statistics.median(times)


def one_count(rig, targets, connections, options, script):
    """All targets in turn, each round beginning with another one."""
    runs, inside = {name: [] for name in targets}, []
    names = list(targets)
    for number in range(options.rounds):
        for name in names[number % len(names):] + names[:number % len(names)]:
            url, pid, credential = targets[name]
            before = histograms.read(rig.metrics_port) if name == "tacit" else None
            runs[name].append(wrk.run(url, connections, options.seconds, script, [f"Authorization: Bearer {credential}"], pid))
            if name == "tacit":
                inside.append(histograms.between(before, histograms.read(rig.metrics_port)))
    rows = {}
    for name, these in runs.items():
        row = {figure: median(run[figure] for run in these) for figure in these[0]}
        row["added_p50_us"] = median(run["p50_us"] - direct["p50_us"] for run, direct in zip(these, runs["direct"])) if name != "direct" else None
        if name not in ("direct", "nginx"):
            row["ratio"] = {figure: median(run[figure] / peer[figure] for run, peer in zip(these, runs["nginx"]))
                            for figure in ("rps", "cpu_us", "p50_us", "p99_us")}
            peers = [(run["p50_us"] - direct["p50_us"], peer["p50_us"] - direct["p50_us"])
                     for run, peer, direct in zip(these, runs["nginx"], runs["direct"])]
            row["ratio"]["added_p50_us"] = median(own / other if other > 0 else None for own, other in peers)
        rows[name] = row
    for what in histograms.NAMES:
        rows["tacit"][what] = {figure: median(one[what][figure] for one in inside) for figure in ("p50_us", "p99_us")}
    return rows


def opening(rig, closing, broker, options, script):
    """What a call costs that opens a connection: each does, because the upstream closes after each answer."""
    rig.enroll(closing.port, "--alias", "closing")
    token = broker.unlock("--keys", "closing")
    nginx, haproxy = rig.nginx(closing), rig.haproxy(closing)
    targets = {"nginx": (nginx.port, "", nginx.pid), "haproxy": (haproxy.port, "", haproxy.pid), "tacit": (broker.proxy_port, "/closing", broker.process.pid)}
    runs = {name: [] for name in targets}
    for _ in range(options.rounds):
        for name, (port, alias, pid) in targets.items():
            runs[name].append(wrk.run(f"http://127.0.0.1:{port}{alias}{PATH}", 8, options.seconds, script, [f"Authorization: Bearer {token}"], pid))
    return {name: {figure: median(run[figure] for run in these) for figure in these[0]} for name, these in runs.items()}


def slow_upstream(rig, closing, broker, options, script):
    """Exposure while every call waits for a new connection of 200 ms: the key must not be open meanwhile."""
    relay = rig.keep(servers.slow_connect(free_port(), closing.port, SLOW_SECONDS))
    rig.enroll(relay.port, "--alias", "slow")
    token = broker.unlock("--keys", "slow")
    before = histograms.read(rig.metrics_port)
    figures = wrk.run(f"{broker.proxy}/slow{PATH}", 32, options.seconds, script, [f"Authorization: Bearer {token}"])
    return figures | histograms.between(before, histograms.read(rig.metrics_port)) | {"delay_ms": SLOW_SECONDS * 1000}


def run(options):
    with Rig() as rig:
        upstream = rig.upstream(ANSWER)
        nginx, haproxy = rig.nginx(upstream), rig.haproxy(upstream)
        broker = rig.start_broker()
        rig.enroll(upstream.port)
        token = broker.unlock()
        script = rig.wrk_script(BODY)
        start = start_to_first_call(rig, token, options.rounds)
        targets = {
            "direct": (f"https://127.0.0.1:{upstream.port}{PATH}", upstream.pid, rig.key),
            "nginx": (f"http://127.0.0.1:{nginx.port}{PATH}", nginx.pid, token),
            "haproxy": (f"http://127.0.0.1:{haproxy.port}{PATH}", haproxy.pid, token),
            "tacit": (f"{broker.proxy}/openai{PATH}", broker.process.pid, token),
        }
        counts = {count: one_count(rig, targets, count, options, script) for count in options.connections}
        closing = rig.upstream(ANSWER, keepalive=False)
        return {
            "kind": "calls", "rounds": options.rounds, "seconds": options.seconds, "body_bytes": len(BODY), "machine": machine.facts(),
            "start_to_first_call_ms": start * 1000, "connections": counts, "opening": opening(rig, closing, broker, options, script),
            "slow_upstream": slow_upstream(rig, closing, broker, options, script),
        }

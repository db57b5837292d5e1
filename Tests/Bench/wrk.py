"""One run of wrk against one target."""

import re
import subprocess

import machine


def milliseconds(text):
    value, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}[unit]


def run(url, connections, seconds, script, headers=(), pid=None, arguments=()):
    """Requests per second, latency, and the CPU time a request costs the process `pid`. Anything but 2xx ends the benchmark.

    `arguments`: what the script's `init` gets.
    """
    before = machine.cpu_seconds(pid) if pid else 0
    words = [word for header in headers for word in ("-H", header)]
    done = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "--latency", "-s", script, *words, url,
                           *(["--", *map(str, arguments)] if arguments else [])],
                          capture_output=True, text=True)
    out = done.stdout
    used = machine.cpu_seconds(pid) - before if pid else None
    if done.returncode or re.search(r"Non-2xx or 3xx responses|Socket errors", out):
        raise SystemExit(f"{url} answered with errors:\n{out}{done.stderr}")
    counted = re.search(r"(\d+) requests in ([\d.]+(?:us|ms|s|m))", out)
    # wrk ends a little later than it was told to, and says when.
    requests, elapsed = int(counted.group(1)), milliseconds(counted.group(2)) / 1000
    latency = dict(re.findall(r"(\d+)%\s+([\d.]+(?:us|ms|s|m))", out))
    return {
        "requests": requests, "rps": requests / elapsed, "cpu_us": used / requests * 1e6 if pid else None,
        "p50_us": milliseconds(latency["50"]) * 1000, "p99_us": milliseconds(latency["99"]) * 1000,
    }

"""What the broker measured itself: how long a key was open, and what it added to calls; from the histograms in its metrics."""

import re
import urllib.error
import urllib.request

NAMES = {"exposure": "tacit_exposure_seconds", "added": "tacit_added_latency_seconds"}
NOTHING = {"p50_us": None, "p99_us": None, "requests": 0}


def parse(text, name):
    """{upper bound in µs: calls up to it}, over all labels; `None` where there is no such histogram."""
    buckets = {}
    for labels, count in re.findall(rf"^{name}_bucket\{{([^}}]*)\}}\s+(\S+)", text, re.MULTILINE):
        bound = float(re.search(r'le="([^"]+)"', labels).group(1).replace("+Inf", "inf")) * 1e6
        buckets[bound] = buckets.get(bound, 0) + float(count)
    return buckets or None


def read(port):
    """The histograms of the broker whose metrics are at `port`; `None` for what it does not have."""
    if port is None:
        return dict.fromkeys(NAMES)
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            text = answer.read().decode()
    except (urllib.error.URLError, OSError):
        return dict.fromkeys(NAMES)
    return {short: parse(text, name) for short, name in NAMES.items()}


def between(before, after):
    """{histogram: median and 99th percentile in µs, and number, of what happened between two readings}"""
    return {short: quantiles(before[short], after[short]) for short in NAMES}


def quantiles(before, after):
    if after is None:
        return NOTHING
    counts = [(bound, after[bound] - (before or {}).get(bound, 0)) for bound in sorted(after)]
    return {"p50_us": quantile(counts, 0.5), "p99_us": quantile(counts, 0.99), "requests": int(counts[-1][1])}


def quantile(counts, share):
    """Interpolated inside a bucket; past the last bound all that is known is that it is past it."""
    total = counts[-1][1]
    if total <= 0:
        return None
    wanted, lower, below = total * share, 0.0, 0.0
    for bound, count in counts:
        if count >= wanted:
            return lower if bound == float("inf") else lower + (bound - lower) * (wanted - below) / (count - below)
        lower, below = bound, count
    return lower

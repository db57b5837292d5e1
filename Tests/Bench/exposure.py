"""How long a provider key was open, from the broker's own histogram."""

import re
import urllib.error
import urllib.request

BUCKET = re.compile(r'^tacit_exposure_seconds_bucket\{([^}]*)\}\s+(\S+)', re.MULTILINE)


def parse(text):
    """{upper bound in µs: calls up to it}, over all labels; `None` where there is no such histogram."""
    buckets = {}
    for labels, count in BUCKET.findall(text):
        bound = float(re.search(r'le="([^"]+)"', labels).group(1).replace("+Inf", "inf")) * 1e6
        buckets[bound] = buckets.get(bound, 0) + float(count)
    return buckets or None


def read(port):
    """The histogram of the broker whose metrics are at `port`; `None` where it has none."""
    if port is None:
        return None
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            return parse(answer.read().decode())
    except (urllib.error.URLError, OSError):
        return None


def between(before, after):
    """Median and 99th percentile in µs of what happened between two readings, interpolated inside a bucket."""
    if before is None or after is None:
        return {"p50_us": None, "p99_us": None, "requests": 0}
    counts = [(bound, after[bound] - before.get(bound, 0)) for bound in sorted(after)]
    return {"p50_us": quantile(counts, 0.5), "p99_us": quantile(counts, 0.99), "requests": int(counts[-1][1])}


def quantile(counts, share):
    total = counts[-1][1]
    if total <= 0:
        return None
    wanted, lower, below = total * share, 0.0, 0.0
    for bound, count in counts:
        if count >= wanted:
            return lower if bound == float("inf") else lower + (bound - lower) * (wanted - below) / (count - below)
        lower, below = bound, count
    return lower

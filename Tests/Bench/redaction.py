"""Redaction: how fast a long answer passes, also one made of almost the key, beside nginx that looks at nothing."""

import base64
import hashlib
import os
import statistics
import subprocess

import machine
from rig import Rig


def bodies(key):
    """{name: a block that is repeated}. None holds the key, so none may be altered."""
    encoded = base64.b64encode(f"Bearer {key}".encode()).decode().rstrip("=")
    return {
        "innocent": base64.b64encode(os.urandom(786_432)),
        "events": b'data: {"id":"c1","choices":[{"delta":{"content":" word"}}]}\n\n',
        "first 4 bytes": key[:4].encode(),
        "half the key": key[: len(key) // 2].encode() + b"!",
        "all but the last byte": key[:-1].encode() + b"!",
        "its base64 but the end": encoded[:-2].encode() + b"!",
    }


def write(path, block, size):
    digest = hashlib.sha256()
    piece = (block * (1_048_576 // len(block) + 1))[:1_048_576 // len(block) * len(block) or len(block)]
    with open(path, "wb") as file:
        written = 0
        while written < size:
            file.write(piece)
            digest.update(piece)
            written += len(piece)
    return written, digest.hexdigest()


def fetch(url, token, pid):
    """MiB per second and CPU per MiB of one download."""
    before = machine.cpu_seconds(pid)
    out = subprocess.run(["curl", "-sf", "-o", "/dev/null", "-w", "%{speed_download} %{size_download}", "-H", f"Authorization: Bearer {token}", url],
                         capture_output=True, text=True, check=True).stdout.split()
    used, size = machine.cpu_seconds(pid) - before, float(out[1]) / (1 << 20)
    return {"mib_s": float(out[0]) / (1 << 20), "cpu_us_per_mib": used / size * 1e6}


def check(url, token, digest):
    with subprocess.Popen(["curl", "-sf", "-H", f"Authorization: Bearer {token}", url], stdout=subprocess.PIPE) as process:
        seen = hashlib.file_digest(process.stdout, "sha256").hexdigest()
    if process.returncode or seen != digest:
        raise SystemExit(f"{url} came altered")


def run(options):
    with Rig() as rig:
        files = rig.directory / "files"
        files.mkdir()
        upstream = rig.upstream(f"location / {{ root {files}; default_type text/plain; }}")
        nginx = rig.nginx(upstream, streams=True)
        broker = rig.start_broker()
        rig.enroll(upstream.port)
        token = broker.unlock()
        targets = {"nginx": (f"http://127.0.0.1:{nginx.port}/", nginx.pid), "tacit": (f"{broker.proxy}/openai/", broker.process.pid)}
        rows, sizes = {}, options.mib << 20
        for number, (name, block) in enumerate(bodies(rig.key).items()):
            _, digest = write(files / f"{number}.txt", block, sizes)
            check(f"{targets['tacit'][0]}{number}.txt", token, digest)
            runs = {target: [] for target in targets}
            for _ in range(options.rounds):
                for target, (url, pid) in targets.items():
                    runs[target].append(fetch(f"{url}{number}.txt", token, pid))
            rows[name] = {target: {figure: statistics.median(one[figure] for one in these) for figure in these[0]} for target, these in runs.items()}
            (files / f"{number}.txt").unlink()
    innocent = rows["innocent"]["tacit"]
    for row in rows.values():
        row["to_nginx"] = row["tacit"]["mib_s"] / row["nginx"]["mib_s"]
        row["cpu_to_innocent"] = row["tacit"]["cpu_us_per_mib"] / innocent["cpu_us_per_mib"]
    return {"kind": "redaction", "rounds": options.rounds, "mib": options.mib, "machine": machine.facts(), "rows": rows}

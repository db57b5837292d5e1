"""Searches all of a process's memory, from outside, for secrets in every form they are likely to take."""

import base64
import os
import signal


def forms(secret):
    """(name, bytes) for `secret`, at least 20 bytes: an inner part of it is searched, so that a partial copy is found too."""
    inner = secret[2:-2]
    yield "raw", inner
    yield "hex", inner.hex().encode()
    yield "HEX", inner.hex().upper().encode()
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + secret)
        # The first and last characters also depend on what stands beside the secret.
        text = text[4:].rstrip(b"=")[:-2]
        yield f"base64+{shift}", text
        if text.translate(bytes.maketrans(b"+/", b"-_")) != text:
            yield f"base64url+{shift}", text.translate(bytes.maketrans(b"+/", b"-_"))
    if all(32 <= byte < 127 for byte in inner):
        yield "utf-16", inner.decode().encode("utf-16-le")


def find(data, secrets):
    """{"name as form"} of the secrets (name -> bytes) that occur in `data`."""
    return {f"{name} as {form}" for name, secret in secrets.items() for form, needle in forms(secret) if needle in data}


def scan(pid, secrets):
    """What of `secrets` is in the process's memory; it is stopped meanwhile. Needs root. Returns (hits, bytes read)."""
    needles = [(f"{name} as {form}", needle) for name, secret in secrets.items() for form, needle in forms(secret)]
    hits, total = {}, 0
    os.kill(pid, signal.SIGSTOP)
    try:
        with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
            for line in maps:
                span, rights, *rest = line.split()
                if rights[0] != "r" or line.rstrip().endswith(("[vvar]", "[vsyscall]")):
                    # Guarded memory is unreadable for the process too while it is not lent; /proc/PID/mem reads it all the same.
                    if rights != "---p" or line.rstrip().endswith(("[vvar]", "[vsyscall]")):
                        continue
                start, end = (int(part, 16) for part in span.split("-"))
                position, tail = start, b""
                while position < end:
                    try:
                        memory.seek(position)
                        data = memory.read(min(16 << 20, end - position))
                    except (OSError, OverflowError, ValueError):
                        position += 16 << 20
                        tail = b""
                        continue
                    if not data:
                        break
                    total += len(data)
                    window = tail + data
                    for name, needle in needles:
                        offset = window.find(needle)
                        if offset >= 0:
                            hits.setdefault(name, f"{position - len(tail) + offset:x} in {rest[-1] if len(rest) > 3 else 'anonymous'} {rights}")
                    tail = data[-400:]
                    position += len(data)
    finally:
        os.kill(pid, signal.SIGCONT)
    return hits, total

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
    """What of `secrets` is in the process's memory; it is stopped meanwhile. Needs root. Returns ({name and form: where first}, bytes read)."""
    found, total = places(pid, secrets)
    hits = {}
    for address, (name, where) in sorted(found.items()):
        hits.setdefault(name, f"{address:x} in {where}")
    return hits, total


def places(pid, secrets):
    """Every place of `secrets` in the process's memory; it is stopped meanwhile. Returns ({address: (name and form, where)}, bytes read)."""
    needles = [(f"{name} as {form}", needle) for name, secret in secrets.items() for form, needle in forms(secret)]
    found, total = {}, 0
    os.kill(pid, signal.SIGSTOP)
    try:
        with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", buffering=0) as memory, \
                open(f"/proc/{pid}/pagemap", "rb", buffering=0) as pages:
            for line in maps:
                span, rights, *rest = line.split()
                # Memory the process itself may not read at the moment (a guard) is searched as well; the kernel's own pages cannot be.
                if line.rstrip().endswith(("[vvar]", "[vsyscall]")):
                    continue
                start, end = (int(part, 16) for part in span.split("-"))
                where = f"{rest[-1] if len(rest) > 3 else 'anonymous'} {rights}"
                for first, last in resident(pages, start, end):
                    try:
                        memory.seek(first)
                        data = memory.read(last - first)
                    except (OSError, OverflowError, ValueError):
                        continue
                    total += len(data)
                    for name, needle in needles:
                        offset = data.find(needle)
                        while offset >= 0:
                            found[first + offset] = (name, where)
                            offset = data.find(needle, offset + 1)
    finally:
        os.kill(pid, signal.SIGCONT)
    return found, total


def resident(pages, start, end):
    """Runs of pages from `start` to `end` that are in memory or swapped out; the others have never been written."""
    size = os.sysconf("SC_PAGESIZE")
    pages.seek(start // size * 8)
    flags = pages.read((end - start) // size * 8)
    first = None
    for number in range(len(flags) // 8 + 1):
        # Bit 63: present, bit 62: swapped (Documentation/admin-guide/mm/pagemap.rst).
        here = number < len(flags) // 8 and flags[number * 8 + 7] & 0xC0
        if here and first is None:
            first = number
        elif not here and first is not None:
            yield start + first * size, start + number * size
            first = None

"""Instructions a call costs outside the kernel, counted by valgrind's callgrind: nearly the same on a quiet machine and on a busy one.

What the clock drives (looks at deadlines, writing usage) counts more per call where calls are slow.

valgrind knows no SHA instructions of the processor, so SHA-256 counts several times what it costs; it is shown apart.
"""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import calls
import harness
import machine
import wrk
from rig import Rig

SHA = "SHA256_Transform"


def callgrind(output):
    """What a command line has to begin with."""
    return ["valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={output}"]


def without_debug_information(binary, directory):
    """A copy valgrind can read: it does not know all that Swift's compiler writes about its code."""
    copy = directory / "tacit-counted"
    subprocess.run(["objcopy", "--strip-debug", binary, copy], check=True)
    return copy


def count(pid, output, url, script, credential, options):
    """Instructions per call, and those of SHA-256 among them."""
    headers = [f"Authorization: Bearer {credential}"]
    wrk.run(url, 32, 4, script, headers)
    subprocess.run(["callgrind_control", "-i", "on", str(pid)], check=True, capture_output=True)
    done = wrk.run(url, 32, options.seconds, script, headers)
    subprocess.run(["callgrind_control", "-i", "off", str(pid)], check=True, capture_output=True)
    subprocess.run(["callgrind_control", "-d", str(pid)], check=True, capture_output=True)
    dump = Path(f"{output}.1")
    deadline = time.time() + 30
    while not (dump.exists() and re.search(r"^totals: ", dump.read_text(errors="replace"), re.MULTILINE)):
        if time.time() > deadline:
            raise SystemExit(f"callgrind wrote no {dump}")
        time.sleep(0.1)
    number = done["requests"]
    if number < 100:
        raise SystemExit(f"only {number:.0f} calls were answered; try --seconds {options.seconds * 4}")
    lines = subprocess.run(["callgrind_annotate", "--threshold=100", dump], check=True, capture_output=True, text=True).stdout
    hashing = sum(int(line.split("(")[0].replace(",", "")) for line in lines.splitlines() if SHA in line)
    total = int(re.search(r"^totals: (\d+)", dump.read_text(errors="replace"), re.MULTILINE).group(1))
    return {"calls": number, "instructions": total / number, "sha256": hashing / number}


def run(options):
    for tool in ("valgrind", "objcopy"):
        if not shutil.which(tool):
            raise SystemExit(f"{tool} is missing; as root run: apt-get install valgrind binutils")
    with Rig() as rig:
        upstream = rig.upstream(calls.ANSWER)
        script, rows = rig.wrk_script(calls.BODY), {}
        output = rig.directory / "nginx.callgrind"
        nginx = rig.nginx(upstream, prefix=callgrind(output))
        rows["nginx"] = count(nginx.pid, output, f"http://127.0.0.1:{nginx.port}{calls.PATH}", script, rig.key, options)
        rig.end(nginx)
        broker = rig.start_broker()
        rig.enroll(upstream.port)
        token = broker.unlock()
        broker.stop()
        output = rig.directory / "tacit.callgrind"
        broker.binary = without_debug_information(harness.BINARY, rig.directory)
        broker.prefix = callgrind(output)
        broker.start(wait=False)
        broker.wait_ready(120)
        rows["tacit"] = count(broker.process.pid, output, f"{broker.proxy}/openai{calls.PATH}", script, token, options)
        return {"kind": "instructions", "body_bytes": len(calls.BODY), "machine": machine.facts(), "rows": rows}

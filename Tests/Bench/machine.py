"""What the machine says about a process, and about itself."""

import os
import resource
import subprocess
import time
from pathlib import Path


def raise_descriptor_limit():
    """As many descriptors as the system allows, for this process and what it starts; returns the number."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def cpu_seconds(pid):
    """User and system time of a process so far."""
    return stat_seconds(Path(f"/proc/{pid}/stat"))


def loop_seconds(pid):
    """The part of it that the event loops' threads used."""
    loops = [path.parent for path in Path(f"/proc/{pid}/task").glob("*/comm") if path.read_text().startswith("NIO-ELT")]
    return sum(int((loop / "schedstat").read_text().split()[0]) for loop in loops) / 1e9


def stat_seconds(path):
    fields = path.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid):
    """Resident and proportional memory of a process, in bytes. Only root sees the proportional one of a process that is not dumpable."""
    resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
    try:
        rows = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    except PermissionError:
        return {"rss": resident, "pss": None}
    return {"rss": resident, "pss": int(rows["Pss"].split()[0]) * 1024}


def child_of(master):
    """The one worker a server forks."""
    for _ in range(100):
        found = subprocess.run(["pgrep", "-P", str(master)], capture_output=True, text=True).stdout.split()
        if found:
            return int(found[0])
        time.sleep(0.05)
    raise SystemExit("the server did not start a worker")


def facts():
    """Processor, cores, memory, kernel and the versions of what is compared."""
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), os.uname().machine)
    total = next(int(line.split()[1]) for line in open("/proc/meminfo") if line.startswith("MemTotal"))

    def first_line(*words):
        done = subprocess.run(words, capture_output=True, text=True)
        return (done.stdout + done.stderr).splitlines()[0]

    return {
        "processor": model, "cores": os.cpu_count(), "memory_GiB": round(total / (1 << 20), 1), "kernel": os.uname().release.partition("-")[0],
        "nginx": first_line("/usr/sbin/nginx", "-v").rpartition("/")[2],
        "haproxy": first_line("/usr/sbin/haproxy", "-v").split()[2].partition("-")[0],
        "wrk": first_line("wrk", "-v").split()[1].rpartition("/")[2],
    }

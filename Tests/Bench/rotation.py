"""How fast a KEK rotation wraps 100 000 rows again, and what calls beside it notice.

The rows are session entries made as in the benchmark of sessions; the broker that re-wraps them is the real one. Beside it, in the same rounds, the
same rows of a copy of the database are rewritten by sqlite3 alone, with the broker's settings and without cryptography: what is left of the
difference is ours. Where there is a real Vault (see vault_rotation), the KEK is moved there and rotated too.
"""

import shutil
import sqlite3
import statistics
import threading
import time

import machine
import vault_rotation
from calls import ANSWER, BODY, PATH
from constant_rate import ConstantRate
from rig import Rig
from sessions import PER_ACCOUNT, Filled

RATE = 500


def wraps(path):
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        return sum(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("secrets", "slots", "seals", "session_entries"))


def rotate(broker):
    """One `tacit rotate kek`: wall time, and CPU of the broker meanwhile."""
    pid, began = broker.process.pid, time.time()
    before = machine.cpu_seconds(pid)
    broker.run("rotate", "kek", "--json", passphrase=None, timeout=600)
    return {"wall_s": time.time() - began, "cpu_s": machine.cpu_seconds(pid) - before}


def sqlite_alone(path, scratch):
    """The session entries of a copy, each overwritten by other bytes of its length, 1 000 a transaction."""
    copy = scratch / "copy.db"
    for suffix in ("", "-wal"):
        if path.with_name(path.name + suffix).exists():
            shutil.copy(path.with_name(path.name + suffix), copy.with_name(copy.name + suffix))
    database = sqlite3.connect(copy, isolation_level=None)
    database.execute("PRAGMA synchronous = FULL")
    database.execute("PRAGMA secure_delete = ON")
    keys = database.execute("SELECT rowid, randomblob(length(wrapped_entry)) FROM session_entries").fetchall()
    began, cpu = time.time(), time.process_time()
    for start in range(0, len(keys), 1000):
        database.execute("BEGIN IMMEDIATE")
        database.executemany("UPDATE session_entries SET wrapped_entry = ?2 WHERE rowid = ?1", keys[start:start + 1000])
        database.execute("COMMIT")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    found = {"wall_s": time.time() - began, "cpu_s": time.process_time() - cpu}
    database.close()
    for file in scratch.glob("copy.db*"):
        file.unlink()
    return found


def latency(load, seconds, beside=None):
    """Quantiles of calls at a fixed rate, while `beside` runs again and again."""
    stop = threading.Event()

    def repeat():
        while not stop.is_set():
            beside()

    thread = threading.Thread(target=repeat) if beside else None
    if thread:
        thread.start()
    try:
        return load.run(seconds)
    finally:
        stop.set()
        if thread:
            thread.join()


def run(options):
    with Rig() as rig:
        upstream = rig.upstream(ANSWER)
        filled = Filled(rig, -(-options.wraps // PER_ACCOUNT), options.wraps, upstream)
        broker, token = filled.broker, (filled.broker.directory / "tokens").read_text().split()[0]
        count = wraps(broker.database)
        load = ConstantRate(broker.proxy_port, f"/openai{PATH}", token, BODY, RATE)
        load.run(1)
        rounds = []
        for _ in range(options.rounds):
            rounds.append({"alone": latency(load, options.seconds), "sqlite": sqlite_alone(broker.database, rig.directory), "rotation": rotate(broker),
                           "beside": latency(load, options.seconds, lambda: rotate(broker))})

        def median(part):
            return {figure: statistics.median(one[part][figure] for one in rounds) for figure in rounds[0][part]}

        result = {part: median(part) for part in rounds[0]}
        for part in ("sqlite", "rotation"):
            result[part]["per_cpu_s"] = count / result[part]["cpu_s"]
        if vault_rotation.Server.is_there():
            result["vault"] = vault_rotation.measure(broker, count, options.rounds, rotate)
        return {"kind": "rotation", "rounds": options.rounds, "seconds": options.seconds, "wraps": count, "rate": RATE, "machine": machine.facts()} | result

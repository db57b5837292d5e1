"""The key encryption key: rotated, moved and lost for a while, under traffic, kills and a full disk. TACIT_KILLS: how many kills a test makes."""

import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from harness import Broker, canary
from test_bad_input import Wire, check_error
from vault_server import VaultServer

KILLS = int(os.environ.get("TACIT_KILLS", 10))
MOVE_KILLS = int(os.environ.get("TACIT_KILLS", 4))
TABLES = {"secrets": "wrapped", "slots": "wrapped_record", "seals": "wrapped_seal", "session_entries": "wrapped_entry"}


def call(broker, token, alias="openai"):
    return Wire(broker).request(f"/{alias}/v1/mirror", token, "POST", body=b"x")


def control(broker, path, body=None):
    """One request to the control plane: status, headers, body."""
    request = urllib.request.Request(broker.control + path, data=body, headers={"Content-Type": "application/json"} if body else {})
    try:
        with urllib.request.urlopen(request, timeout=15) as answer:
            return answer.status, answer.headers, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, error.headers, json.loads(error.read())


def ready(broker):
    status, _, body = control(broker, "/readyz")
    return status, body


def wraps(broker):
    """Every wrap in the database."""
    found = []
    with sqlite3.connect(f"file:{broker.database}?mode=ro", uri=True) as database:
        for table, column in TABLES.items():
            found += [row[0] for row in database.execute(f"SELECT {column} FROM {table}")]
    return found


def files(broker):
    log = Path(f"{broker.database}-wal")
    return broker.database.read_bytes() + (log.read_bytes() if log.exists() else b"")


def operator(broker, *words, **more):
    return broker.run(*words, passphrase=None, **more)


def status(broker):
    return operator(broker, "kek", "status", "--json").json


def wait_until(what, seconds=30):
    deadline = time.time() + seconds
    while time.time() < deadline:
        if what():
            return
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s")


def begin(broker, to=None):
    """Begins a rotation and does not wait for it."""
    words = ["kek", "move", "--to", to] if to else ["rotate", "kek"]
    return subprocess.Popen([str(broker.binary), *words, "--json"], env=broker.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def is_rotating(database):
    """Whether a job is under way, as it stands in the database."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        row = connection.execute("SELECT state FROM kek_jobs").fetchone()
    return row == ("running",)


def cut_off(broker, to=None):
    """Begins a rotation and kills the broker at a random moment, mostly while the job runs. Whether it was cut in the middle."""
    asked = begin(broker, to)
    deadline = time.time() + random.choice((0, 0.3, 0.3))
    while time.time() < deadline and not is_rotating(broker.database):
        time.sleep(0.002)
    time.sleep(random.uniform(0, 0.12))
    broker.stop(signal.SIGKILL)
    asked.kill()
    asked.communicate()
    # Looked at in a copy: the broker finds its files as the kill left them.
    with tempfile.TemporaryDirectory() as directory:
        for suffix in ("", "-wal"):
            if Path(f"{broker.database}{suffix}").exists():
                shutil.copy(f"{broker.database}{suffix}", f"{directory}/copy{suffix}")
        return is_rotating(f"{directory}/copy")


class Filled:
    """A vault with several keys and sessions."""

    def __init__(self, vault, keys=4, sessions=3):
        self.broker, self.upstream = vault.broker, vault.upstream
        self.aliases = ["openai"]
        for number in range(keys - 1):
            key, alias = canary(), f"key-{number}"
            self.upstream.keys.add(key)
            self.broker.enroll(self.upstream, key, "openai", "--alias", alias)
            self.aliases.append(alias)
        self.tokens = [self.broker.unlock("--ttl", "2h") for _ in range(sessions)]

    def check(self):
        """Every session opens every key."""
        for token in self.tokens:
            for alias in self.aliases:
                answer = call(self.broker, token, alias)
                assert answer[0] == 200, answer


@pytest.fixture
def filled(vault):
    return Filled(vault)


@pytest.fixture
def hashicorp():
    """A stand-in for HashiCorp Vault with a transit key."""
    server = VaultServer()
    server.make_key()
    server.transit, server.environment = server.uri(), {"VAULT_TOKEN": server.token()}
    yield server
    server.stop()


def test_rotation_leaves_no_old_wrap_and_what_was_copied_before_does_not_open_after_retiring(filled, tmp_path):
    broker = filled.broker
    before = wraps(broker)
    copy = tmp_path / "copy"
    broker.stop()
    shutil.copytree(broker.data, copy)
    broker.start()
    lines = [json.loads(line) for line in operator(broker, "rotate", "kek", "--json").out.splitlines()]
    assert lines[-1]["state"] == "done" and lines[-1]["epoch"] == 2
    assert lines[-1]["rewrapped"] == lines[-1]["total"] == len(before) and lines[-1]["damaged"] == 0
    content = files(broker)
    assert not [wrap for wrap in before if wrap[5:37] in content]
    filled.check()
    refused = operator(broker, "kek", "retire", "2", check=False)
    assert refused.status == 3 and "current" in refused.err
    assert operator(broker, "kek", "retire", "1").out == "version 1 is destroyed\n"
    assert [epoch["state"] for epoch in status(broker)["epochs"]] == ["retired", "current"]
    assert [line.split()[0] for line in broker.keyring.read_text().splitlines()[1:]] == ["2"]
    broker.restart()
    filled.check()
    broker.unlock("--ttl", "1h")
    broker.stop()
    # The old database with the keyring of today: the sessions' tokens, the passphrase, nothing opens it.
    shutil.rmtree(broker.data)
    shutil.copytree(copy, broker.data)
    broker.start()
    assert call(broker, filled.tokens[0])[0] != 200
    assert broker.run("unlock", "--print-token", check=False).status != 0


def test_rotations_under_traffic_disturb_no_call_and_no_owner(filled):
    broker, failures, stop, calls = filled.broker, [], threading.Event(), [0]

    def traffic(token):
        while not stop.is_set():
            answer = call(broker, token, random.choice(filled.aliases))
            calls[0] += 1
            if answer[0] != 200:
                failures.append(answer)

    def owner():
        while not stop.is_set():
            key = canary()
            filled.upstream.keys.add(key)
            made = broker.enroll(filled.upstream, key, "openai", "--alias", f"late-{random.randrange(10**9)}", check=False)
            unlocked = broker.run("unlock", "--print-token", "--ttl", "1h", check=False)
            failures.extend(one for one in (made, unlocked) if one.status != 0)

    threads = [threading.Thread(target=traffic, args=(token,)) for token in filled.tokens[:2]] + [threading.Thread(target=owner)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(5):
            operator(broker, "rotate", "kek")
            old = [epoch for epoch in status(broker)["epochs"] if epoch["state"] == "old"]
            assert sum(sum(epoch["rows"].values()) for epoch in old) == 0
            for epoch in old:
                operator(broker, "kek", "retire", epoch["epoch"])
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert not failures and calls[0] > 0
    filled.check()


def test_kills_at_random_moments_lose_nothing_and_the_rotation_goes_on(filled):
    broker, finished, cuts = filled.broker, 0, 0
    for number in range(KILLS):
        cuts += cut_off(broker)
        broker.start()
        filled.check()
        if number % 5 == 4:
            operator(broker, "rotate", "kek")
            finished += 1
            for epoch in status(broker)["epochs"]:
                if epoch["state"] == "old":
                    operator(broker, "kek", "retire", epoch["epoch"])
    wait_until(lambda: status(broker)["rotation"]["state"] == "done")
    before = {wrap[5:37] for wrap in wraps(broker)}
    operator(broker, "rotate", "kek")
    content = files(broker)
    assert not [salt for salt in before if salt in content]
    broker.restart()
    filled.check()
    broker.unlock("--ttl", "1h")
    print(f"{KILLS} kills, {cuts} of them in the middle of a job")
    assert finished == KILLS // 5 and (cuts > 0 or KILLS < 10)


def test_moves_with_kills_go_on_with_either_kek(filled, hashicorp, tmp_path):
    broker = filled.broker
    broker.extra_environment = broker.extra_environment | hashicorp.environment
    file = f"file:{broker.keyring}"
    broker.restart()
    here, there, cuts = file, hashicorp.transit, 0
    for number in range(MOVE_KILLS):
        cuts += cut_off(broker, there)
        broker.options = ["--kek", (here, there)[number % 2]]
        broker.start()
        filled.check()
        moved = operator(broker, "kek", "move", "--to", there, check=False)
        assert moved.status == 0 or "there already" in moved.err, moved
        wait_until(lambda: "moving_from" not in status(broker))
        assert status(broker)["custody"] == there
        assert [epoch["state"] for epoch in status(broker)["epochs"] if sum(epoch["rows"].values())] == ["current"]
        here, there = there, here
        broker.options = ["--kek", here]
        broker.restart()
        filled.check()
    if here == file:
        operator(broker, "kek", "move", "--to", there)
        broker.options = ["--kek", there]
    print(f"{MOVE_KILLS} kills, {cuts} of them in the middle of a job")
    assert cuts or MOVE_KILLS < 20
    # What was moved away from is not needed any more, whichever --kek is given.
    broker.stop()
    broker.keyring.unlink()
    for kek in (file, hashicorp.transit):
        broker.options = ["--kek", kek]
        broker.restart()
        filled.check()
        broker.unlock("--ttl", "1h")


def test_a_vault_that_is_away_degrades_and_nothing_else(filled, hashicorp):
    broker = filled.broker
    broker.extra_environment = broker.extra_environment | hashicorp.environment
    broker.restart()
    operator(broker, "kek", "move", "--to", hashicorp.transit)
    broker.options = ["--kek", hashicorp.transit]
    broker.restart()
    hashicorp.order("seal")
    wait_until(lambda: ready(broker)[0] == 503, 45)
    code, body = ready(broker)
    assert code == 503 and body["status"] == "degraded" and body["kek"] == "unreachable" and "seal" in body["kek_cause"]
    filled.check()
    for words in (("unlock", "--print-token"), ("enroll", "openai", "--alias", "late", "--key-stdin", "--base-url", filled.upstream.url)):
        refused = broker.run(*words, check=False, stdin="sk-late-0123456789\n")
        assert refused.status == 5 and "seal" in refused.err, refused
    refused = operator(broker, "rotate", "kek", check=False)
    assert refused.status == 5 and "seal" in refused.err
    assert operator(broker, "kek", "status", check=False).status == 5
    broker.restart()
    code, headers, body = control(broker, "/v1/login/start", b'{"name":"nobody"}')
    assert code == 503 and body["error"]["code"] == "kek_unreachable" and "seal" in body["error"]["message"] and int(headers["retry-after"]) > 0
    code, body = ready(broker)
    assert code == 503 and body["status"] == "degraded" and "seal" in body["kek_cause"]
    check_error(call(broker, filled.tokens[0]), 503, "kek_unreachable")
    hashicorp.order("unseal")
    wait_until(lambda: ready(broker)[0] == 200, 45)
    filled.check()
    operator(broker, "rotate", "kek")
    filled.check()


def test_a_vault_that_goes_away_in_the_middle_is_waited_for(filled, hashicorp):
    broker = filled.broker
    broker.extra_environment = broker.extra_environment | hashicorp.environment
    broker.restart()
    operator(broker, "kek", "move", "--to", hashicorp.transit)
    for _ in range(6):
        asked = begin(broker)
        time.sleep(random.uniform(0, 0.1))
        hashicorp.order("seal")
        time.sleep(0.3)
        filled.check()
        hashicorp.order("unseal")
        out, err = asked.communicate(timeout=60)
        assert asked.returncode == 0 or "seal" in err, (out, err)
        wait_until(lambda: (status(broker).get("rotation") or {}).get("state") == "done")
    operator(broker, "rotate", "kek")
    filled.check()


def test_who_watches_a_rotation_without_a_terminal_learns_what_it_waits_for(filled):
    broker = filled.broker
    aside = broker.keyring.with_name("aside")
    operator(broker, "kek", "new")
    with contextlib.closing(sqlite3.connect(broker.database, isolation_level=None)) as database:
        # The job is begun before anybody looks after it.
        database.execute("PRAGMA busy_timeout = 5000")
        broker.keyring.rename(aside)
        epoch = database.execute("SELECT epoch FROM kek_epochs WHERE state = 'current'").fetchone()[0]
        database.execute("DELETE FROM kek_jobs")
        database.execute("INSERT INTO kek_jobs (id, target, state, heartbeat, total, rewrapped, damaged, damaged_rows, cause, started_at) "
                         "VALUES (1, ?, 'running', 0, 1, 0, 0, '', '', 0)", [epoch])
    asked = subprocess.Popen([str(broker.binary), "rotate", "kek"], env=broker.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_until(lambda: "keyring" in status_cause(broker))
    time.sleep(0.5)
    aside.rename(broker.keyring)
    out, err = asked.communicate(timeout=30)
    assert asked.returncode == 0 and err.count("The rotation waits") == 1 and "keyring" in err and "kek retire" in err, (out, err)


def status_cause(broker):
    return (operator(broker, "kek", "status", "--json", check=False).json.get("rotation") or {}).get("cause", "")


def test_a_keyring_that_is_away_is_told_with_its_cause(filled):
    broker = filled.broker
    aside = broker.keyring.with_name("aside")
    broker.keyring.rename(aside)
    wait_until(lambda: ready(broker)[0] == 503, 15)
    assert "keyring" in ready(broker)[1]["kek_cause"]
    filled.check()
    refused = broker.run("unlock", "--print-token", check=False)
    assert refused.status == 5 and "keyring" in refused.err
    aside.rename(broker.keyring)
    wait_until(lambda: ready(broker)[0] == 200, 15)
    broker.unlock("--ttl", "1h")


@pytest.mark.skipif(os.geteuid() != 0, reason="a small file system needs root")
def test_a_full_disk_puts_a_rotation_off_and_no_more(tmp_path, certificates, upstream):
    made = Broker(tmp_path, ca=certificates / "ca.pem")
    made.data.mkdir(mode=0o700)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m,mode=0700", "tmpfs", made.data], capture_output=True).returncode != 0:
        pytest.skip("no file system can be mounted here")
    filler = made.data / "filler"
    try:
        made.start()
        key = canary()
        upstream.keys.add(key)
        made.create_account()
        made.enroll(upstream, key)
        token = made.unlock("--ttl", "2h")
        for pages in range(0, 60, 6):
            before = {wrap[5:37] for wrap in wraps(made)}
            with open(filler, "wb", buffering=0) as file:
                try:
                    while file.write(b"\0" * 4096):
                        pass
                except OSError:
                    pass
            os.truncate(filler, max(0, filler.stat().st_size - 4096 * pages))
            asked = begin(made)
            time.sleep(0.3)
            answer = call(made, token)
            assert answer[0] in (200, 503), answer
            filler.unlink()
            asked.communicate(timeout=60)
            operator(made, "rotate", "kek")
            assert call(made, token)[0] == 200
            content = files(made)
            assert not [salt for salt in before if salt in content]
        made.restart()
        assert call(made, token)[0] == 200
        made.unlock("--ttl", "1h")
    finally:
        made.stop()
        subprocess.run(["umount", "-l", made.data], check=True)


def test_damaged_rows_are_named_and_end_with_6(filled):
    broker = filled.broker
    broker.stop()
    with sqlite3.connect(broker.database) as database:
        database.execute("UPDATE seals SET wrapped_seal = CAST(substr(wrapped_seal, 1, 60) || x'00' AS BLOB) WHERE rowid = 2")
    broker.start()
    ended = operator(broker, "rotate", "kek", "--json", check=False)
    last = json.loads(ended.out.splitlines()[-1])
    assert ended.status == 6 and last["state"] == "damaged" and last["damaged"] == 1 and last["damaged_rows"][0].startswith("seals:")
    refused = operator(broker, "kek", "retire", "1", check=False)
    assert refused.status == 3 and "need" in refused.err
    filled.check()


def test_only_the_operator_may(filled):
    over_tcp = {"TACIT_URL": filled.broker.control}
    for words in (("kek", "status"), ("kek", "new"), ("kek", "retire", "1"), ("rotate", "kek")):
        refused = operator(filled.broker, *words, check=False, env=over_tcp)
        assert refused.status == 2 and "control.sock" in refused.err and "tacit serve" in refused.err

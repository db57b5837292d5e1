"""Rotations as a user and a timer run them: no call fails, nothing is lost, and what was cut off is finished by the next run."""

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import threading
import time

import pytest
from conftest import Vault
from harness import PASSPHRASE, Broker, canary
from test_bad_input import Wire

# 200 for the full proof; a few dozen in all otherwise.
KILLS = int(os.environ.get("TACIT_KILLS", "4"))


def call(broker, token, path="/openai/v1/mirror"):
    return Wire(broker).request(path, token, "POST", body=b"x")


def used_key(vault, token, alias="openai"):
    """The key a call with this token reaches the upstream with."""
    status, headers, body = call(vault.broker, token, f"/{alias}/v1/mirror")
    assert status == 200, (status, body)
    return vault.upstream.requests[-1].header("authorization").removeprefix("Bearer ")


def new_key(vault):
    key = canary()
    vault.upstream.keys.add(key)
    return key


def rotate(vault, *words, key=None, **more):
    key = key or new_key(vault)
    result = vault.broker.run("rotate", "key", "openai", "--key-stdin", *words, stdin=key + "\n", **more)
    return key, result


def versions(vault, alias="openai"):
    (key,) = [key for key in vault.broker.run("keys", "--json").json["keys"] if key["alias"] == alias and not key.get("revoked_at")]
    return {version["version"]: version["state"] for version in key["versions"]}


def test_a_live_session_uses_the_new_key_at_once_and_after_a_restart(vault):
    token = vault.broker.unlock()
    assert used_key(vault, token) == vault.key
    key, result = rotate(vault, "--json")
    assert result.json["version"] == 2 and result.json["previous"] == 1, result
    assert used_key(vault, token) == key
    assert used_key(vault, vault.broker.unlock()) == key
    assert versions(vault) == {1: "grace", 2: "active"}
    vault.broker.restart(signal.SIGKILL)
    assert used_key(vault, token) == key
    assert key not in result.out + result.err


def test_a_running_stream_goes_on(vault):
    token = vault.broker.unlock()
    wire = Wire(vault.broker)
    assert wire.request("/openai/v1/forever", token)[0] == 200
    time.sleep(0.3)
    rotate(vault, "--grace", "0")
    time.sleep(1.5)
    wire.socket.settimeout(2)
    assert wire.socket.recv(65536), "the stream was cut"
    assert versions(vault) == {1: "retired", 2: "active"}


def test_no_call_fails_under_load(vault):
    token = vault.broker.unlock()
    stop, failures, counts = threading.Event(), [], [0] * 4

    def load(index):
        wire = Wire(vault.broker)
        while not stop.is_set():
            status, _, body = wire.request("/openai/v1/mirror", token, "POST", body=b"x")
            counts[index] += 1
            if status != 200:
                failures.append((status, body))

    threads = [threading.Thread(target=load, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    try:
        for words in (["--grace", "0"], ["--grace", "1h"], ["--probe"], ["--grace", "0"]):
            key, _ = rotate(vault, *words)
        vault.broker.run("rotate", "dek", "openai")
        vault.broker.run("rotate", "account-key")
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert not failures and sum(counts) > 20, (failures[:3], counts)
    assert used_key(vault, token) == key


def test_rollback_brings_the_old_key_back_and_ends_with_the_grace(vault):
    token = vault.broker.unlock()
    result = vault.broker.run("rotate", "rollback", "openai", check=False)
    assert result.status == 4 and "tacit rotate key openai" in result.err
    key, _ = rotate(vault)
    vault.broker.run("rotate", "rollback", "openai")
    assert used_key(vault, token) == vault.key
    assert versions(vault) == {1: "active", 2: "pending"}
    newest, _ = rotate(vault, "--grace", "2s")
    assert used_key(vault, token) == newest
    assert versions(vault)[2] == "pending", "another run may be probing it"
    deadline = time.time() + 8
    while versions(vault)[1] != "retired":
        assert time.time() < deadline, versions(vault)
        time.sleep(0.5)
    assert vault.broker.run("rotate", "rollback", "openai", check=False).status == 4
    assert used_key(vault, token) == newest


def test_a_probe_that_fails_keeps_the_old_key(vault):
    token = vault.broker.unlock()
    bad = canary("sk-not-known")
    _, result = rotate(vault, "--probe", "--json", key=bad, check=False)
    assert result.status == 1 and result.json["outcome"] == "probe_failed" and "401" in result.err, result
    assert used_key(vault, token) == vault.key
    assert versions(vault) == {1: "active", 2: "retired"}
    assert not [session for session in vault.broker.run("sessions", "--json").json["sessions"]
                if "probe" in session["label"] and not session.get("revoked_at")], "the probe's session is over"


def test_a_probe_asks_the_provider_with_the_new_key_once(vault):
    token = vault.broker.unlock()
    before = len(vault.upstream.requests)
    key, result = rotate(vault, "--probe")
    probes = vault.upstream.requests[before:]
    assert [(probe.method, probe.path) for probe in probes] == [("GET", "/v1/models")]
    assert probes[0].header("authorization") == f"Bearer {key}"
    assert used_key(vault, token) == key
    assert versions(vault) == {1: "grace", 2: "active"}
    assert "rollback openai" in result.err


def test_a_program_gives_the_key(vault, tmp_path):
    key = new_key(vault)
    secret = tmp_path / "minted"
    secret.write_text(key + "\n")
    token = vault.broker.unlock()
    vault.broker.run("rotate", "key", "openai", "--probe", "--exec", f"cat {secret}")
    assert used_key(vault, token) == key
    for bad in ("false", "true", "sleep 60"):
        result = vault.broker.run("rotate", "key", "openai", "--exec", bad, "--exec-timeout", "1s", check=False)
        assert result.status in (1, 2), result
    assert used_key(vault, token) == key


def test_due_is_for_timers(vault, tmp_path):
    assert vault.broker.run("rotate", "due").status == 0
    time.sleep(2)
    result = vault.broker.run("rotate", "due", "--max-age", "1s", "--json", check=False)
    assert result.status == 1 and [line["alias"] for line in result.lines] == ["openai"] and result.lines[0]["age_seconds"] >= 1
    key = new_key(vault)
    (tmp_path / "minted").write_text(key)
    program = tmp_path / "new-key"
    program.write_text(f'#!/bin/sh\n[ "$TACIT_ALIAS" = openai ] && [ "$TACIT_PROVIDER" = openai ] && cat {tmp_path}/minted\n')
    program.chmod(0o755)
    result = vault.broker.run("rotate", "due", "--max-age", "1s", "--probe", "--exec", program, "--json")
    assert [line["outcome"] for line in result.lines] == ["rotated"]
    assert used_key(vault, vault.broker.unlock()) == key
    (tmp_path / "minted").write_text(canary("sk-not-known"))
    time.sleep(2)
    result = vault.broker.run("rotate", "due", "--max-age", "1s", "--probe", "--exec", program, "--json", check=False)
    assert result.status == 1 and [line["outcome"] for line in result.lines] == ["probe_failed"]
    assert used_key(vault, vault.broker.unlock()) == key


def test_deks_are_exchanged_key_by_key(vault):
    second = new_key(vault)
    vault.broker.enroll(vault.upstream, second, "openai", "--alias", "second")
    token = vault.broker.unlock()
    result = vault.broker.run("rotate", "dek", "--all", "--json")
    assert [(line["version"], line["done"], line["total"]) for line in result.lines] == [(2, 1, 2), (2, 2, 2)]
    assert used_key(vault, token) == vault.key and used_key(vault, token, "second") == second
    assert versions(vault) == {1: "retired", 2: "active"}
    vault.broker.restart()
    assert used_key(vault, token) == vault.key and used_key(vault, vault.broker.unlock(), "second") == second


def test_a_new_account_key_is_refused_in_its_old_form(vault):
    known = next(vault.broker.config.rglob("known_accounts"))
    token = vault.broker.unlock()
    assert vault.broker.run("rotate", "account-key").out.strip() == "2"
    assert known.read_text().rstrip().endswith(" 2")
    assert used_key(vault, token) == vault.key and used_key(vault, vault.broker.unlock()) == vault.key
    key, _ = rotate(vault)
    assert used_key(vault, token) == key
    known.write_text(known.read_text().rstrip()[:-1] + "3\n")
    result = vault.broker.run("unlock", "--print-token", check=False)
    assert result.status == 6 and "account key 2" in result.err, result


def test_a_new_passphrase_is_in_force_at_once(vault):
    token = vault.broker.unlock()
    result = vault.broker.run("rotate", "passphrase", "--new-passphrase-stdin", "--json", stdin="another battery staple\n")
    assert "account renew" in result.err and "old slot" in result.err and result.json["name"] == "alice"
    assert vault.broker.run("unlock", "--print-token", check=False).status == 3
    assert used_key(vault, vault.broker.unlock(passphrase="another battery staple")) == vault.key
    assert used_key(vault, token) == vault.key
    again = vault.broker.run("account", "recover", "alice", "--code-stdin", stdin=vault.recovery_code + "\n", passphrase=PASSPHRASE)
    assert again.status == 0, "the recovery code stayed"
    assert vault.broker.run("rotate", "passphrase", "--new-passphrase-stdin", stdin="short\n", check=False).status == 2


def test_renewal_moves_the_keys_and_ends_the_rest(vault, tmp_path):
    token = vault.broker.unlock()
    file = tmp_path / "job.json"
    vault.broker.run("access", "create", "job", "--can", "list", "--out", file)
    before = vault.broker.run("account", "show", "--json").json["account_id"]
    result = vault.broker.run("account", "renew", "--new-passphrase-stdin", "--json", stdin="another battery staple\n")
    assert result.lines[0] == {"alias": "openai", "done": 1, "total": 1}
    after = result.lines[-1]["account_id"]
    assert before != after and "tacit rotate key" in result.err and "known_accounts" in result.err
    assert call(vault.broker, token)[0] == 401, "the old account's sessions ended"
    assert vault.broker.run("keys", passphrase=None, env={"TACIT_ACCESS_FILE": str(file)}, check=False).status in (3, 6)
    assert vault.broker.run("unlock", "--print-token", check=False).status == 3, "the old passphrase opens nothing"
    again = vault.broker.unlock(passphrase="another battery staple")
    assert used_key(vault, again) == vault.key
    result = vault.broker.run("unlock", "--print-token", passphrase="another battery staple", env={"TACIT_ACCOUNT": f"alice@{before}"}, check=False)
    assert result.status == 6, "who pinned the old id has to pin the new one"
    vault.broker.restart()
    assert used_key(vault, again) == vault.key


class Storm:
    """One job, cut off again and again; whatever happened, every key opens and the next run finishes it."""

    def __init__(self, vault, tmp_path, job):
        self.vault, self.broker, self.job = vault, vault.broker, job
        self.second = new_key(vault)
        self.broker.enroll(vault.upstream, self.second, "openai", "--alias", "second")
        self.passphrases = [PASSPHRASE]
        self.values, self.used = {vault.key}, vault.key
        self.file = tmp_path / "job.json"
        self.broker.run("access", "create", "storm", "--can", "rotate,list", "--out", self.file)
        self.token = self.broker.unlock()
        self.count, self.known_slots = 0, self.slots()

    def slots(self):
        with contextlib.closing(sqlite3.connect(f"file:{self.broker.database}?mode=ro", uri=True)) as database:
            return {row[0] for row in database.execute("SELECT slot_id FROM slots")}

    def begin(self):
        self.count += 1
        self.stdin, words, more = "", [], {}
        if self.job == "key":
            self.value = new_key(self.vault)
            self.values.add(self.value)
            words, self.stdin = ["rotate", "key", "openai", "--key-stdin"], self.value + "\n"
            more = {"passphrase": None, "env": {"TACIT_ACCESS_FILE": str(self.file)}}
        elif self.job == "probe":
            self.value = new_key(self.vault)
            self.values.add(self.value)
            words, self.stdin = ["rotate", "key", "openai", "--probe", "--key-stdin"], self.value + "\n"
        elif self.job in ("dek", "account-key"):
            words = ["rotate", "dek", "--all"] if self.job == "dek" else ["rotate", "account-key"]
        else:
            self.passphrases.append(f"battery staple number {self.count}")
            self.stdin = self.passphrases[-1] + "\n"
            words = ["rotate", "passphrase"] if self.job == "passphrase" else ["account", "renew"]
            words.append("--new-passphrase-stdin")
        if self.job not in ("key",):
            more["passphrase"] = self.passphrases[0]
        process = self.broker.begin(*words, **more)
        process.stdin.write(self.stdin)
        process.stdin.close()
        return process

    @staticmethod
    def end(process):
        process.stdin = None
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    def settle(self, briefly=False):
        """What holds after any cut: one passphrase logs in, and every key opens for a session old or new. Briefly: for the old one."""
        if briefly and self.job not in ("passphrase", "renew"):
            value = used_key(self.vault, self.token)
            assert value in self.values and used_key(self.vault, self.token, "second") == self.second
            return self.expect(value)
        # Looked up, because each login that fails makes the next one wait.
        slots = self.slots()
        for passphrase in sorted(self.passphrases, key=self.passphrases.index, reverse=slots != self.known_slots):
            result = self.broker.run("unlock", "--print-token", passphrase=passphrase, check=False)
            if result.status == 0:
                break
        assert result.status == 0, result
        self.passphrases, self.known_slots = [passphrase], self.slots()
        fresh = result.out.strip()
        old = self.token
        if self.job == "renew" and call(self.broker, old)[0] == 401:
            self.token = fresh
        for token in {self.token, fresh}:
            assert used_key(self.vault, token) in self.values
            assert used_key(self.vault, token, "second") == self.second
        used = {used_key(self.vault, token) for token in (self.token, fresh)}
        assert len(used) == 1, "sessions use different values"
        (value,) = used
        return self.expect(value)

    def expect(self, value):
        """Only the jobs that are there for it change the value."""
        assert value == self.used or self.job in ("key", "probe")
        self.used = value
        return value


@pytest.mark.parametrize("victim", ["broker", "client"])
@pytest.mark.parametrize("job", ["key", "probe", "dek", "account-key", "passphrase", "renew"])
def test_a_kill_at_any_moment_loses_nothing(vault, tmp_path, job, victim):
    storm = Storm(vault, tmp_path, job)
    seed = int(os.environ.get("TACIT_KILL_SEED", time.time_ns() % 1_000_000))
    print("seed", seed)
    rng = random.Random(seed)
    started = time.time()
    status, out, err = storm.end(storm.begin())
    assert status == 0, (out, err)
    duration = time.time() - started
    storm.settle()
    for number in range(KILLS):
        process = storm.begin()
        # Half of them late: most of the time goes into the passphrase, before anything changes.
        time.sleep(rng.uniform(rng.choice((0, 0.6)) * duration, duration * 1.1))
        if victim == "client":
            process.kill()
            storm.end(process)
        else:
            vault.broker.stop(signal.SIGKILL)
            vault.broker.start()
            storm.end(process)
        storm.settle(briefly=number % 5 != 4)
    status, out, err = storm.end(storm.begin())
    assert status == 0, ("running it again finishes it", out, err)
    used = storm.settle()
    if job in ("key", "probe"):
        assert used == storm.value
    assert not vault.broker.run("doctor", "--json", check=False).json.get("integrity"), "no row is damaged"


@pytest.mark.skipif(os.geteuid() != 0, reason="a small file system needs root")
def test_a_full_disk_puts_each_job_off_and_no_more(tmp_path, certificates, upstream):
    made = Broker(tmp_path, ca=certificates / "ca.pem")
    made.data.mkdir(mode=0o700)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m,mode=0700", "tmpfs", made.data], capture_output=True).returncode != 0:
        pytest.skip("no file system can be mounted here")
    filler = made.data / "filler"
    try:
        storm = Storm(Vault(made.start(), upstream), tmp_path, "key")
        others = ["probe", "dek", "account-key", "passphrase", "renew"]
        # All of them for the full proof. Renewal ends the access file, so it comes last.
        jobs = ["key", *others] * (KILLS // 10) if KILLS >= 10 else ["key", random.choice(others)]
        met = 0
        for job in sorted(jobs, key=lambda job: job == "renew"):
            storm.job = job
            with open(filler, "wb", buffering=0) as file, contextlib.suppress(OSError):
                while file.write(b"\0" * 4096):
                    pass
            os.truncate(filler, max(0, filler.stat().st_size - 4096 * random.randrange(0, 40)))
            process = storm.begin()
            time.sleep(random.uniform(0.2, 0.5) if job == "key" else random.uniform(0.5, 2))
            filler.unlink()
            status, out, err = storm.end(process)
            assert status == 0 or status == 5 and "full" in err, (job, status, out, err)
            met += status == 5
            storm.settle()
            status, out, err = storm.end(storm.begin())
            assert status == 0, (job, out, err)
            storm.settle()
        print(f"{met} of {len(jobs)} jobs met the full disk")
        assert met or KILLS < 10
    finally:
        made.stop()
        subprocess.run(["umount", "-l", made.data], check=True)

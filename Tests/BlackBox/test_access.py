"""Jobs without a passphrase: access files and leases."""

import json
import signal
import subprocess
import time

import pytest
from harness import PASSPHRASE, canary
from test_rotation import call, new_key, used_key, versions


def make(vault, tmp_path, can, *words, name="nightly"):
    file = tmp_path / f"{name}.json"
    vault.broker.run("access", "create", name, "--can", can, "--out", file, *words)
    return file


def job(vault, file, *words, **more):
    """As a timer runs it: no terminal, no passphrase, nothing but the file."""
    environment = {"TACIT_ACCESS_FILE": str(file), "TACIT_URL": "", "TACIT_ACCOUNT": ""} | more.pop("env", {})
    return vault.broker.run(*words, passphrase=None, env=environment, **more)


def test_a_job_rotates_without_a_passphrase(vault, certificates, tmp_path):
    token = vault.broker.unlock()
    file = make(vault, tmp_path, "rotate,list")
    assert file.stat().st_mode & 0o777 == 0o600
    key = new_key(vault)
    job(vault, file, "rotate", "key", "openai", "--key-stdin", stdin=key)
    assert used_key(vault, token) == key and used_key(vault, vault.broker.unlock()) == key
    assert versions(vault) == {1: "grace", 2: "active"}
    job(vault, file, "rotate", "rollback", "openai")
    assert used_key(vault, token) == vault.key
    assert [key["alias"] for key in job(vault, file, "keys", "--json").json["keys"]] == ["openai"]
    assert job(vault, file, "rotate", "due").status == 0
    for probe, status in ((new_key(vault), 0), (canary("sk-not-known"), 1)):
        before = len(vault.upstream.requests)
        result = job(vault, file, "rotate", "key", "openai", "--probe", "--key-stdin", stdin=probe, check=False,
                     env={"TACIT_CA_FILE": str(certificates / "ca.pem")})
        assert result.status == status, result
        assert [request.path for request in vault.upstream.requests[before:]] == ["/v1/models"], "straight from the job, once"
        assert (used_key(vault, token) == probe) == (status == 0)
        assert probe not in result.out + result.err


def test_a_job_rotates_as_often_as_it_must(vault, tmp_path):
    token = vault.broker.unlock()
    file = make(vault, tmp_path, "rotate")
    for _ in range(10):
        key = new_key(vault)
        job(vault, file, "rotate", "key", "openai", "--grace", "30d", "--key-stdin", stdin=key)
    assert used_key(vault, token) == key
    states = versions(vault)
    assert states[11] == "active" and [states[number] for number in range(4, 11)] == ["grace"] * 7, states
    assert used_key(vault, vault.broker.unlock()) == key


def test_what_the_owner_vouched_for_holds_when_every_value_of_his_is_gone(vault, tmp_path):
    token = vault.broker.unlock()
    file = make(vault, tmp_path, "rotate")
    for _ in range(3):
        key = new_key(vault)
        job(vault, file, "rotate", "key", "openai", "--grace", "0", "--key-stdin", stdin=key)
    assert versions(vault)[1] == "retired" and used_key(vault, token) == key
    assert used_key(vault, vault.broker.unlock()) == key
    vault.broker.run("rotate", "account-key")
    vault.broker.run("rotate", "dek", "openai")
    assert used_key(vault, token) == key and used_key(vault, vault.broker.unlock()) == key


def test_a_job_may_do_no_more_than_its_rights(vault, tmp_path):
    lister, rotator = make(vault, tmp_path, "list"), make(vault, tmp_path, "rotate", "--keys", "openai", name="rotator")
    other = new_key(vault)
    vault.broker.enroll(vault.upstream, other, "openai", "--alias", "other")
    for file, words in [
        (lister, ["rotate", "key", "openai", "--key-stdin"]), (lister, ["revoke", "key", "openai"]),
        (rotator, ["rotate", "key", "other", "--key-stdin"]), (rotator, ["keys"]), (rotator, ["rotate", "due"]),
        (rotator, ["enroll", "openai", "--alias", "third", "--key-stdin"]),
    ]:
        result = job(vault, file, *words, stdin=canary(), check=False)
        assert result.status == 3, (words, result)
    bearer = json.loads(lister.read_text())["token"]
    for method, path, body in [
        ("GET", "/v1/keys/openai/recipients", None), ("POST", "/v1/unlock", {"aliases": []}), ("POST", "/v1/keys/openai/ciphertexts", None),
        ("POST", "/v1/keys/openai/revoke", None), ("POST", "/v1/lock", None), ("GET", "/v1/usage?by=alias", None),
    ]:
        words = ["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "-X", method, "-H", f"authorization: Bearer {bearer}"]
        if body is not None:
            words += ["-H", "content-type: application/json", "-d", json.dumps(body)]
        status = subprocess.run(words + [vault.broker.control + path], capture_output=True, text=True, check=True).stdout
        assert status == "403", (path, status)
    assert used_key(vault, vault.broker.unlock()) == vault.key


def test_a_file_that_others_may_read_or_that_was_altered_is_refused(vault, tmp_path):
    file = make(vault, tmp_path, "rotate,list")
    file.chmod(0o644)
    result = job(vault, file, "keys", check=False)
    assert result.status == 1 and "chmod 600" in result.err, result
    file.chmod(0o600)
    good = json.loads(file.read_text())
    other = json.loads(make(vault, tmp_path, "list", name="other").read_text())
    for name in ("token", "certificate", "signature", "writer_private_key", "account"):
        value = other[name] if other[name] != good[name] else "alice@AAAAAAAAAAAAAAAAAAAAAA"
        file.write_text(json.dumps(good | {name: value}))
        assert job(vault, file, "keys", check=False).status in (1, 3), name
    file.write_text(json.dumps(good))
    assert job(vault, file, "keys").status == 0
    assert job(vault, tmp_path / "absent.json", "keys", check=False).status == 1


def test_a_revoked_or_expired_file_is_over(vault, tmp_path):
    file = make(vault, tmp_path, "rotate,list")
    vault.broker.run("revoke", "access", "nightly", passphrase=None)
    assert job(vault, file, "keys", check=False).status == 3
    assert job(vault, file, "rotate", "key", "openai", "--key-stdin", stdin=canary(), check=False).status == 3
    short = make(vault, tmp_path, "list", "--ttl", "3s", name="short")
    assert job(vault, short, "keys").status == 0
    time.sleep(3.5)
    assert job(vault, short, "keys", check=False).status in (2, 3)
    listed = vault.broker.run("access", "list", "--json", "--all", passphrase=None).json["access"]
    assert {access["name"]: bool(access.get("revoked_at")) for access in listed} == {"nightly": True, "short": False}
    vault.broker.restart(signal.SIGKILL)
    assert job(vault, file, "keys", check=False).status == 3


def test_a_job_ends_what_an_alarm_is_about(vault, tmp_path):
    token = vault.broker.unlock()
    file = make(vault, tmp_path, "revoke,list", name="alarm")
    assert call(vault.broker, token)[0] == 200
    (session,) = vault.broker.run("sessions", "--json").json["sessions"]
    job(vault, file, "revoke", "session", session["session_id"])
    assert call(vault.broker, token)[0] == 401
    job(vault, file, "revoke", "key", "openai")
    assert vault.broker.run("unlock", "--keys", "openai", "--print-token", check=False).status == 4
    job(vault, file, "revoke", "access", "alarm")
    assert job(vault, file, "keys", check=False).status == 3


def test_what_a_job_enrolled_is_its_own_until_the_owner_confirms_it(vault, tmp_path):
    writer, other = make(vault, tmp_path, "enrol,rotate", name="writer"), make(vault, tmp_path, "rotate", name="other")
    key = new_key(vault)
    job(vault, writer, "enroll", "openai", "--alias", "second", "--base-url", vault.upstream.url, "--allow-private-destination", "--key-stdin", stdin=key)
    token = vault.broker.unlock()
    assert used_key(vault, token, "second") == key
    again = new_key(vault)
    job(vault, writer, "rotate", "key", "second", "--key-stdin", stdin=again)
    assert used_key(vault, token, "second") == again
    for words, run in [(["rotate", "key", "second", "--key-stdin"], lambda *w, **m: job(vault, other, *w, **m)),
                       (["rotate", "key", "second", "--key-stdin"], vault.broker.run), (["rotate", "dek", "second"], vault.broker.run),
                       (["rotate", "dek", "--all"], vault.broker.run)]:
        result = run(*words, stdin=canary(), check=False)
        assert result.status == 3 and vault.upstream.url in result.err, (words, result)
    assert vault.broker.run("account", "renew", "--new-passphrase-stdin", stdin="another battery staple\n", check=False).status == 3
    wrong = vault.broker.run("rotate", "key", "second", "--key-stdin", "--confirm-destination", "https://api.openai.com", stdin=canary(), check=False)
    assert wrong.status == 2, wrong
    assert used_key(vault, token, "second") == again
    confirmed = new_key(vault)
    vault.broker.run("rotate", "key", "second", "--key-stdin", "--confirm-destination", vault.upstream.url, stdin=confirmed)
    assert used_key(vault, token, "second") == confirmed
    last = new_key(vault)
    job(vault, other, "rotate", "key", "second", "--key-stdin", stdin=last)
    assert used_key(vault, token, "second") == last


def test_revoking_a_file_can_end_what_it_wrote(vault, tmp_path):
    file = make(vault, tmp_path, "enrol,rotate")
    token = vault.broker.unlock()
    written = new_key(vault)
    job(vault, file, "rotate", "key", "openai", "--key-stdin", stdin=written)
    job(vault, file, "enroll", "openai", "--alias", "second", "--base-url", vault.upstream.url, "--allow-private-destination", "--key-stdin", stdin=written)
    report = vault.broker.run("revoke", "access", "nightly", "--written", "--json").json
    assert sorted((item["alias"], item["ended"]) for item in report["written"]) == [("openai", True), ("second", True)]
    assert used_key(vault, token) == vault.key
    assert versions(vault) == {1: "active", 2: "retired"}
    assert vault.broker.run("unlock", "--keys", "second", "--print-token", check=False).status == 4


def test_a_rotation_by_a_job_survives_the_end_of_its_file(vault, tmp_path):
    file = make(vault, tmp_path, "rotate")
    key = new_key(vault)
    job(vault, file, "rotate", "key", "openai", "--key-stdin", stdin=key)
    vault.broker.run("revoke", "access", "nightly", passphrase=None)
    vault.broker.restart(signal.SIGKILL)
    token = vault.broker.unlock()
    assert used_key(vault, token) == key
    newest = new_key(vault)
    vault.broker.run("rotate", "key", "openai", "--key-stdin", stdin=newest)
    vault.broker.run("rotate", "dek", "--all")
    assert used_key(vault, token) == newest


def test_a_lease_lasts_across_restarts_and_ends_by_name(vault, tmp_path):
    file = tmp_path / "lease.token"
    vault.broker.run("lease", "create", "nightly", "--keys", "openai", "--ttl", "30d", "--token-file", file, "--paths", "/v1/mirror")
    assert file.stat().st_mode & 0o777 == 0o600
    token = file.read_text().strip()
    assert used_key(vault, token) == vault.key
    vault.broker.restart(signal.SIGKILL)
    key = new_key(vault)
    vault.broker.run("rotate", "key", "openai", "--key-stdin", stdin=key)
    assert used_key(vault, token) == key
    vault.broker.restart()
    assert used_key(vault, token) == key
    (lease,) = vault.broker.run("lease", "list", "--json", passphrase=None).json["sessions"]
    assert lease["label"] == "nightly" and lease["kind"] == 2 and lease["expires_at"] - lease["issued_at"] == 30 * 86_400
    assert vault.broker.run("lease", "create", "x", "--keys", "openai", "--ttl", "91d", "--token-file", file, check=False).status == 2
    assert call(vault.broker, token, "/openai/v1/slow?ms=1")[0] == 403
    vault.broker.run("lease", "revoke", "nightly", passphrase=None)
    assert call(vault.broker, token)[0] == 401
    assert vault.broker.run("lease", "revoke", "nightly", passphrase=None, check=False).status == 4

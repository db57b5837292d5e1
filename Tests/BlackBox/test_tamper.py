"""Whoever can write the database: each column that a context or a signature covers is altered, swapped or restored while the broker is
down. Nothing of it may open a key, move one or widen a session; the other account goes on as before."""

import shutil
import sqlite3

import pytest
from harness import Broker, canary
from test_bad_input import Wire
from upstream import Upstream

BOB = {"TACIT_ACCOUNT": "bob"}


class Scene:
    """alice and bob, one key and one session each, on a stopped broker whose files can be put back."""

    def __init__(self, directory, certificates):
        self.upstream = Upstream(certificates / "leaf.pem", certificates / "leaf.key", keys=set())
        self.stranger = Upstream(certificates / "leaf.pem", certificates / "leaf.key", keys=set())
        self.broker = Broker(directory, ca=certificates / "ca.pem").start()
        self.broker.create_account()
        self.broker.create_account("bob", env=BOB)
        for words in ({}, {"env": BOB}):
            key = canary()
            self.upstream.keys.add(key)
            self.broker.enroll(self.upstream, key, "openai", "--alias", "bobs" if words else "openai", **words)
        self.token = self.broker.unlock("--ttl", "1h", "--methods", "POST", "--paths", "/v1/mirror")
        self.bobs_token = self.broker.unlock(env=BOB)
        self.broker.stop()
        self.good = directory / "good"
        shutil.copytree(self.broker.data, self.good, ignore=shutil.ignore_patterns("*.sock"))

    def restore(self):
        self.broker.stop()
        self.upstream.requests.clear()
        self.stranger.raw.clear()
        for path in self.broker.data.iterdir():
            path.unlink()
        for path in self.good.iterdir():
            shutil.copy2(path, self.broker.data / path.name)

    def alter(self, *statements):
        """Runs SQL against the stopped broker's database; every statement must change a row."""
        database = sqlite3.connect(self.broker.database)
        database.execute("PRAGMA ignore_check_constraints=ON")
        for statement in statements:
            assert database.execute(statement.format(stranger=self.stranger.port, **NAMES)).rowcount > 0, f"changed nothing: {statement}"
        database.commit()
        database.close()

    def call(self, token, target="/openai/v1/mirror", method="POST"):
        return Wire(self.broker).request(target, token, method, body=b"x")

    def check_bob(self):
        assert self.call(self.bobs_token, "/bobs/v1/mirror")[0] == 200, "another account must go on"


NAMES = {
    "alice": "(SELECT id FROM accounts WHERE name = 'alice')",
    "bob": "(SELECT id FROM accounts WHERE name = 'bob')",
    "alices_key": "(SELECT id FROM keys WHERE alias = 'openai')",
    "bobs_key": "(SELECT id FROM keys WHERE alias = 'bobs')",
    "alices_session": "(SELECT id FROM sessions WHERE account_id = (SELECT id FROM accounts WHERE name = 'alice'))",
    "bobs_session": "(SELECT id FROM sessions WHERE account_id = (SELECT id FROM accounts WHERE name = 'bob'))",
}


def flip(column):
    """SQL for a blob with its last byte changed."""
    return f"CAST(substr({column}, 1, length({column}) - 1) || (CASE substr(hex({column}), -2) WHEN '00' THEN x'01' ELSE x'00' END) AS BLOB)"


@pytest.fixture(scope="module")
def scene(tmp_path_factory, certificates):
    made = Scene(tmp_path_factory.mktemp("tamper"), certificates)
    yield made
    made.broker.stop()
    made.upstream.stop()
    made.stranger.stop()


KEYS = "UPDATE keys SET {0} WHERE alias = 'openai'"
VERSIONS = "UPDATE key_versions SET {0} WHERE key_id = {{alices_key}}"
SESSIONS = "UPDATE sessions SET {0} WHERE id = {{alices_session}}"
ENTRIES = "UPDATE session_entries SET {0} WHERE session_id = {{alices_session}}"

CALLS = {
    "host": [KEYS.format("destination_host = '127.0.0.1'")],
    "port": [KEYS.format("destination_port = {stranger}")],
    "scheme": [KEYS.format("destination_scheme = 2, destination_allows_plaintext = 1")],
    "base path": [KEYS.format("destination_base_path = '/v1'")],
    "allowed prefixes": [KEYS.format("destination_allowed_prefixes = '[\"/v1\"]'")],
    "denied prefixes": [KEYS.format("destination_denied_prefixes = '[]'")],
    "plaintext flag": [KEYS.format("destination_allows_plaintext = 1")],
    "injection name": [KEYS.format("injection_name = 'x-leak'")],
    "injection prefix": [KEYS.format("injection_prefix = 'Token '")],
    "injection suffix": [KEYS.format("injection_suffix = '!'")],
    "injection kind": [KEYS.format("injection_kind = 2, injection_name = 'key', injection_prefix = NULL, injection_suffix = NULL")],
    "ciphertext altered": [VERSIONS.format("ciphertext = " + flip("ciphertext"))],
    "ciphertext of another account": [VERSIONS.format("ciphertext = (SELECT ciphertext FROM key_versions WHERE key_id = {bobs_key})")],
    "owner of the key": ["UPDATE keys SET account_id = {bob} WHERE alias = 'openai'"],
    "owner of the session": [SESSIONS.format("account_id = {bob}")],
    "expiry": [SESSIONS.format("expires_at = expires_at + 1")],
    "issue time": [SESSIONS.format("issued_at = issued_at - 1")],
    "session kind": [SESSIONS.format("kind = 2")],
    "methods": [SESSIONS.format("policy_methods = '[]'")],
    "paths": [SESSIONS.format("policy_paths = '[]'")],
    "origins": [SESSIONS.format("policy_origins = '[\"https://evil.example\"]'")],
    "maximum requests": [SESSIONS.format("policy_maximum_requests = 1000")],
    "rate": [SESSIONS.format("policy_rate = 1000, policy_burst = 5")],
    "concurrency": [SESSIONS.format("policy_maximum_concurrent = 1000")],
    "idle limit": [SESSIONS.format("policy_idle_seconds = 1000")],
    "upgrade": [SESSIONS.format("policy_allows_upgrade = 1")],
    "minting paths": [SESSIONS.format("policy_minting_paths = '[\"/v1/organization\"]'")],
    "verifier of another session": [SESSIONS.format("verifier_digest = (SELECT verifier_digest FROM sessions WHERE id = {bobs_session})")],
    "session public key": [SESSIONS.format("public_key = " + flip("public_key"))],
    "certificate signature": [SESSIONS.format("signature = " + flip("signature"))],
    "certificate revision": [SESSIONS.format("account_revision = account_revision + 1")],
    "key ids": [SESSIONS.format("key_ids = {bobs_key}")],
    "entry altered": [ENTRIES.format("wrapped_entry = " + flip("wrapped_entry"))],
    "entry of another session": [ENTRIES.format("wrapped_entry = (SELECT wrapped_entry FROM session_entries WHERE session_id = {bobs_session})")],
    "identity key": ["UPDATE accounts SET identity_public_key = (SELECT identity_public_key FROM accounts WHERE name = 'bob') WHERE name = 'alice'"],
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_after(scene, name):
    scene.restore()
    scene.alter(*CALLS[name])
    scene.broker.start()
    for target in ("/openai/v1/mirror", "/bobs/v1/mirror"):
        status, _, body = scene.call(scene.token, target)
        assert status in (401, 403, 404, 503), (status, body)
    assert scene.upstream.requests == [] and b"".join(scene.stranger.raw) == b""
    if name not in ("owner of the key", "owner of the session"):
        scene.check_bob()


def test_the_alias_is_bound_too(scene):
    scene.restore()
    scene.alter("UPDATE keys SET alias = 'other' WHERE alias = 'openai'")
    scene.broker.start()
    for alias in ("openai", "other"):
        assert scene.call(scene.token, f"/{alias}/v1/mirror")[0] in (403, 404, 503)
    assert scene.upstream.requests == []
    scene.check_bob()


def test_an_altered_row_says_integrity(scene):
    scene.restore()
    scene.alter(*CALLS["ciphertext altered"])
    scene.broker.start()
    status, _, body = scene.call(scene.token)
    assert status == 503 and b'"integrity"' in body


def test_unaltered_it_works(scene):
    """The control of this file: the same steps without a change."""
    scene.restore()
    scene.broker.start()
    assert scene.call(scene.token)[0] == 200
    scene.check_bob()
    assert scene.broker.unlock().startswith("tct_")


SLOTS = "UPDATE slots SET {0} WHERE account_id = {{alice}} AND kind = 1"
SEALS = "UPDATE seals SET {0} WHERE key_id = {{alices_key}}"

UNLOCKS = {
    "version signature": [VERSIONS.format("signature = " + flip("signature"))],
    "signer": [VERSIONS.format("signer_public_key = (SELECT identity_public_key FROM accounts WHERE name = 'bob')")],
    "signer kind": [VERSIONS.format("signer_kind = 2")],
    "signed time": [VERSIONS.format("signed_at = signed_at + 1")],
    "signed revision": [VERSIONS.format("signed_revision = signed_revision + 1")],
    "ciphertext digest": [VERSIONS.format("ciphertext_digest = " + flip("ciphertext_digest"))],
    "commitment": [VERSIONS.format("dek_commitment = " + flip("dek_commitment"))],
    "host": CALLS["host"],
    "injection prefix": CALLS["injection prefix"],
    "seal altered": [SEALS.format("wrapped_seal = " + flip("wrapped_seal"))],
    "seal of another account": [SEALS.format("wrapped_seal = (SELECT wrapped_seal FROM seals WHERE key_id = {bobs_key})")],
    "seal recipient": [SEALS.format("recipient_public_key = (SELECT account_public_key FROM accounts WHERE name = 'bob')")],
    "identity key": CALLS["identity key"],
    "account key": ["UPDATE accounts SET account_public_key = (SELECT account_public_key FROM accounts WHERE name = 'bob') WHERE name = 'alice'"],
    "account key with its signature": [
        "UPDATE accounts SET (account_public_key, account_key_signature) = (SELECT account_public_key, account_key_signature FROM accounts WHERE name = 'bob') WHERE name = 'alice'"],
    "account key signature": ["UPDATE accounts SET account_key_signature = " + flip("account_key_signature") + " WHERE name = 'alice'"],
    "epoch": ["UPDATE accounts SET account_key_epoch = 2 WHERE name = 'alice'"],
    "slot salt": [SLOTS.format("salt = " + flip("salt"))],
    "slot costs": [SLOTS.format("cost_passes = 4")],
    "cheap slot costs": [SLOTS.format("cost_memory_kib = 8, cost_passes = 1")],
    "slot record altered": [SLOTS.format("wrapped_record = " + flip("wrapped_record"))],
    "slot record of another account": [SLOTS.format("wrapped_record = (SELECT wrapped_record FROM slots WHERE account_id = {bob} AND kind = 1)")],
    "slot public key": [SLOTS.format("public_key = " + flip("public_key"))],
    "slot list signature": ["UPDATE accounts SET slot_list_signature = " + flip("slot_list_signature") + " WHERE name = 'alice'"],
    "names swapped": ["UPDATE accounts SET name = 'x' WHERE name = 'alice'", "UPDATE accounts SET name = 'alice' WHERE name = 'bob'", "UPDATE accounts SET name = 'bob' WHERE name = 'x'"],
}


@pytest.mark.parametrize("name", UNLOCKS)
def test_an_unlock_after(scene, name):
    scene.restore()
    scene.alter(*UNLOCKS[name])
    scene.broker.start()
    result = scene.broker.run("unlock", "--print-token", check=False)
    assert result.status in (3, 6) and not result.out, result
    assert result.err.strip(), "a refusal says why"


ENROLMENTS = ["identity key", "account key", "account key with its signature", "account key signature", "epoch", "slot public key", "names swapped"]


@pytest.mark.parametrize("name", ENROLMENTS)
def test_an_enrolment_after(scene, name):
    """What a key would be sealed to is checked before it is sealed: a swapped account key never gets one."""
    scene.restore()
    scene.alter(*UNLOCKS[name])
    scene.broker.start()
    result = scene.broker.run("enroll", "anthropic", "--key-stdin", stdin=canary(), check=False)
    assert result.status in (3, 6) and result.err.strip(), result
    assert sqlite3.connect(scene.broker.database).execute("SELECT count(*) FROM keys").fetchone() == (2,)


def test_a_foreign_session_row_opens_nothing(scene):
    """Bob's session handed to alice's account, entries and all, then an enrolment: it neither loads nor gets the new key."""
    scene.restore()
    scene.alter("UPDATE sessions SET account_id = {alice}, key_ids = {alices_key} WHERE id = {bobs_session}")
    scene.broker.start()
    key = canary()
    scene.broker.run("enroll", "anthropic", "--key-stdin", stdin=key)
    for alias in ("openai", "anthropic", "bobs"):
        assert scene.call(scene.bobs_token, f"/{alias}/v1/mirror")[0] in (401, 403, 404, 503)
    assert scene.call(scene.token)[0] == 200


def test_old_copies_restored_open_nothing(scene):
    """Revoked, enrolled again for another destination; then the old ciphertext and seal are put back under the new row."""
    scene.restore()
    old = sqlite3.connect(scene.broker.database)
    (ciphertext,) = old.execute("SELECT ciphertext FROM key_versions JOIN keys ON keys.id = key_id WHERE alias = 'openai'").fetchone()
    (seal,) = old.execute("SELECT wrapped_seal FROM seals JOIN keys ON keys.id = key_id WHERE alias = 'openai'").fetchone()
    old.close()
    scene.broker.start()
    scene.broker.run("revoke", "key", "openai")
    scene.broker.enroll(scene.stranger, canary())
    token = scene.broker.unlock()
    scene.broker.stop()
    database = sqlite3.connect(scene.broker.database)
    live = "(SELECT id FROM keys WHERE alias = 'openai' AND revoked_at IS NULL)"
    assert database.execute(f"UPDATE key_versions SET ciphertext = ? WHERE key_id = {live}", (ciphertext,)).rowcount == 1
    assert database.execute(f"UPDATE seals SET wrapped_seal = ? WHERE key_id = {live}", (seal,)).rowcount == 1
    database.commit()
    database.close()
    scene.broker.start()
    assert scene.call(token)[0] == 503
    assert scene.stranger.requests == []
    assert scene.broker.run("unlock", "--print-token", check=False).status in (3, 6)
    scene.check_bob()

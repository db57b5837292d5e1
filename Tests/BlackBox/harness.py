"""Starts the real binary as a user would, and ends what it started by process id."""

import json
import os
import re
import secrets
import signal
import socket
import subprocess
import time
from pathlib import Path

from ports import free_port

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("TACIT_BINARY", ROOT / ".build/release/tacit"))
UNWIPED = Path(os.environ.get("TACIT_UNWIPED_BINARY", ROOT / ".build/tacit-no-wipe"))
PASSPHRASE = "correct horse battery staple"


def make_certificates(directory):
    """A CA and a certificate for localhost and 127.0.0.1 signed by it; and one by nobody."""
    run = lambda *words: subprocess.run(words, check=True, capture_output=True, cwd=directory)
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=test ca",
        "-keyout", "ca.key", "-out", "ca.pem")
    (directory / "ext").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n")
    run("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost", "-keyout", "leaf.key", "-out", "leaf.csr")
    run("openssl", "x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "ext", "-out", "leaf.pem")
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
        "-addext", "subjectAltName=DNS:localhost", "-keyout", "stranger.key", "-out", "stranger.pem")


class Result:
    def __init__(self, process):
        self.status, self.out, self.err = process.returncode, process.stdout_text, process.stderr_text

    def __repr__(self):
        return f"status {self.status}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def lines(self):
        """The documents of a command that prints one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


class Broker:
    """One data directory with its broker; `start` and `stop` may alternate."""

    def __init__(self, directory, ca=None, options=(), binary=None, environment=None):
        self.directory = Path(directory)
        self.home = self.directory / "home"
        self.data = self.directory / "data"
        self.runtime = self.directory / "run"
        self.config = self.directory / "config"
        for path in (self.home, self.runtime, self.config):
            path.mkdir(mode=0o700, exist_ok=True)
        self.control_port, self.proxy_port = free_port(), free_port()
        self.ca, self.options, self.binary = ca, list(options), Path(binary or BINARY)
        self.log = self.directory / "broker.log"
        self.socket = self.data / "control.sock"
        self.extra_environment = environment or {}
        # Stands before the broker's command line.
        self.prefix = []
        self.process = None

    @property
    def proxy(self):
        return f"http://127.0.0.1:{self.proxy_port}"

    @property
    def control(self):
        return f"http://127.0.0.1:{self.control_port}"

    @property
    def keyring(self):
        return self.config / "tacit/keyring"

    @property
    def database(self):
        found = [path for path in self.data.iterdir() if path.suffix in (".sqlite", ".db", ".sqlite3")]
        assert len(found) == 1, found
        return found[0]

    def environment(self, **more):
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        return kept | {
            "HOME": str(self.home), "XDG_CONFIG_HOME": str(self.config), "XDG_RUNTIME_DIR": str(self.runtime),
            "TACIT_URL": f"unix:{self.socket}", "TACIT_ACCOUNT": "alice",
        } | self.extra_environment | more

    def start(self, wait=True):
        command = [*self.prefix, self.binary, "serve", "--data", self.data, "--control", f"127.0.0.1:{self.control_port}",
                   "--proxy", f"127.0.0.1:{self.proxy_port}", "--proxy-threads", "1", "--private-destinations", "127.0.0.0/8,::1/128"]
        if self.ca:
            command += ["--upstream-ca", self.ca]
        environment = {"TACIT_LOG_LEVEL": "trace"} | self.environment()
        for name in ("TACIT_URL", "TACIT_ACCOUNT"):
            environment.pop(name)
        self.process = subprocess.Popen([str(word) for word in command + self.options], stdin=subprocess.DEVNULL, stdout=open(self.log, "ab"),
                                        stderr=subprocess.STDOUT, env=environment, cwd=self.directory)
        if wait:
            try:
                self.wait_ready()
            except BaseException:
                self.stop(signal.SIGKILL)
                raise
        return self

    def wait_ready(self, seconds=20):
        deadline = time.time() + seconds
        while time.time() < deadline:
            assert self.process.poll() is None, f"the broker ended with {self.process.returncode}:\n{self.log.read_text()}"
            try:
                socket.create_connection(("127.0.0.1", self.proxy_port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise AssertionError(f"the broker did not listen within {seconds} s:\n{self.log.read_text()}")

    def stop(self, how=signal.SIGTERM):
        process, self.process = self.process, None
        if process and process.poll() is None:
            process.send_signal(how)
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise

    def restart(self, how=signal.SIGTERM):
        self.stop(how)
        return self.start()

    def run(self, *words, stdin=None, passphrase=PASSPHRASE, check=True, env=None, timeout=60):
        """Runs a tacit command without a terminal; the passphrase goes over a file descriptor."""
        process = self.begin(*words, passphrase=passphrase, env=env)
        try:
            process.stdout_text, process.stderr_text = process.communicate(stdin if stdin is not None else "", timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise
        result = Result(process)
        assert not check or result.status == 0, f"tacit {' '.join(map(str, words))}: {result}"
        return result

    def begin(self, *words, passphrase=PASSPHRASE, env=None):
        """Starts a tacit command; the caller feeds it, waits for it, or kills it."""
        environment = self.environment(**(env or {}))
        descriptors = []
        if passphrase is not None:
            reader, writer = os.pipe()
            os.write(writer, passphrase.encode() + b"\n")
            os.close(writer)
            environment["TACIT_PASSPHRASE_FD"] = str(reader)
            descriptors.append(reader)
        try:
            return subprocess.Popen([str(self.binary), *map(str, words)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                    text=True, env=environment, pass_fds=descriptors, cwd=self.directory)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    def create_account(self, name="alice", **more):
        result = self.run("account", "create", name, **more)
        found = re.search(r"\b(?:[0-9A-Z]{4}-){7}[0-9A-Z]{4}\b", result.err + result.out)
        return found.group(0) if found else None

    def enroll(self, upstream, key, provider="openai", *words, **more):
        return self.run("enroll", provider, "--base-url", upstream.url, "--allow-private-destination", "--key-stdin", *words, stdin=key + "\n", **more)

    def unlock(self, *words, **more):
        return self.run("unlock", "--print-token", *words, **more).out.strip()


def canary(prefix="sk-canary"):
    """A key-like text that occurs nowhere by chance."""
    return f"{prefix}-{secrets.token_hex(24)}"

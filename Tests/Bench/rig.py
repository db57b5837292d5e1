"""One run's directory, certificates, key and servers; everything it started is ended with it."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import harness
import machine
import servers
from ports import free_port


class Rig:
    def __init__(self):
        machine.raise_descriptor_limit()
        self.directory = Path(tempfile.mkdtemp(prefix="tacit-bench-"))
        self.running = []
        self.key = harness.canary("sk-bench")
        self.broker = None
        self.metrics_port = None

    def __enter__(self):
        try:
            harness.make_certificates(self.directory)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for server in reversed(self.running):
            server.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def keep(self, server):
        self.running.append(server)
        return server

    def end(self, server):
        self.running.remove(server)
        server.stop()

    def upstream(self, location, **more):
        return self.keep(servers.tls_front(self.directory, free_port(), self.key, location, **more))

    def nginx(self, upstream, streams=False, prefix=()):
        return self.keep(servers.nginx_peer(self.directory, free_port(), upstream.port, self.key, streams, prefix))

    def haproxy(self, upstream):
        return self.keep(servers.haproxy_peer(self.directory, free_port(), upstream.port, self.key))

    def start_broker(self):
        """A broker with an account, measured as it is used: without a line of log per call."""
        home = self.directory / "tacit"
        home.mkdir()
        options = []
        if "--metrics" in subprocess.run([harness.BINARY, "serve", "--help"], capture_output=True, text=True).stdout:
            self.metrics_port = free_port()
            options = ["--metrics", f"127.0.0.1:{self.metrics_port}"]
        self.broker = harness.Broker(home, ca=self.directory / "ca.pem", options=options, environment={"TACIT_LOG_LEVEL": "warning"})
        self.keep(self.broker.start())
        self.broker.create_account()
        return self.broker

    def enroll(self, port, *words):
        class Upstream:
            url = f"https://localhost:{port}"

        self.broker.enroll(Upstream, self.key, "openai", *words)

    def wrk_script(self, body):
        """A POST of `body` as an SDK makes it."""
        path = self.directory / "post.lua"
        path.write_text(f"wrk.method = 'POST'\nwrk.body = '{body}'\nwrk.headers['Content-Type'] = 'application/json'\n")
        return path


def require_build():
    if not harness.BINARY.exists():
        raise SystemExit("no release build; run: Scripts/build")
    subprocess.run([harness.ROOT / "Scripts/install", "bench"], check=True)

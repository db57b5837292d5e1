"""The servers a run needs beside Tacit: the upstream, and the proxies it is compared with. All on 127.0.0.1, one worker or thread each."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import harness
import machine


class Server:
    """A process that listens on a port. `pid` is the process that does the work."""

    def __init__(self, command, port, forks=False):
        self.port = port
        self.process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            self._wait()
            self.pid = machine.child_of(self.process.pid) if forks else self.process.pid
        except BaseException:
            self.stop()
            raise

    def _wait(self):
        deadline = time.time() + 30
        while time.time() < deadline:
            if self.process.poll() is not None:
                raise SystemExit(f"{self.process.args[0]} ended with {self.process.returncode}")
            try:
                return socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.02)
        raise SystemExit(f"{self.process.args[0]} does not listen")

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait()


def nginx(directory, name, port, http, prefix=()):
    """An nginx with one worker and this `http` block. With a `prefix` to its command line it is one process."""
    path = Path(directory) / f"{name}-{port}"
    path.mkdir()
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    user = "user root;" if os.geteuid() == 0 else ""
    (path / "nginx.conf").write_text(f"""
daemon off; {"master_process off;" if prefix else "worker_processes 1;"} worker_rlimit_nofile {machine.raise_descriptor_limit()}; pid {path}/pid; error_log {path}/error.log; {user}
events {{ worker_connections 16384; }}
http {{
    access_log off; keepalive_requests 1000000; tcp_nodelay on; sendfile on;
    {" ".join(f"{kind}_temp_path {path}/{kind};" for kind in kinds)}
    {http}
}}
""")
    return Server([*prefix, "/usr/sbin/nginx", "-p", path, "-c", path / "nginx.conf"], port, forks=not prefix)


def tls_front(directory, port, key, location, keepalive=True, http="", plain=None):
    """The upstream: TLS, one certificate, and only for whoever presents the key.

    `http`: what its location needs beside the server. `plain`: a port where it listens without TLS as well, for a measurement without a proxy.
    """
    life = "" if keepalive else "keepalive_timeout 0;"
    also = f"listen 127.0.0.1:{plain} backlog=4096;" if plain else ""
    return nginx(directory, "upstream", port, f"""
    {http}
    server {{
        listen 127.0.0.1:{port} ssl backlog=4096; {also} server_name localhost; {life}
        ssl_certificate {directory}/leaf.pem; ssl_certificate_key {directory}/leaf.key;
        if ($http_authorization != "Bearer {key}") {{ return 401; }}
        {location}
    }}
""")


def nginx_peer(directory, port, upstream_port, key, streams=False, prefix=()):
    """nginx doing by hand what Tacit does: another credential in the head, TLS with verification to the upstream, connections kept."""
    buffering = "proxy_buffering off; proxy_read_timeout 300s;" if streams else ""
    return nginx(directory, "peer", port, f"""
    upstream up {{ server 127.0.0.1:{upstream_port}; keepalive 512; keepalive_requests 1000000; }}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location / {{
            proxy_pass https://up; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host localhost; {buffering}
            proxy_set_header Authorization "Bearer {key}"; proxy_ssl_verify on; proxy_ssl_name localhost; proxy_ssl_server_name on;
            proxy_ssl_trusted_certificate {directory}/ca.pem;
        }}
    }}
""", prefix)


def haproxy_peer(directory, port, upstream_port, key):
    """haproxy doing the same."""
    path = Path(directory) / f"haproxy-{port}.cfg"
    path.write_text(f"""
global
    nbthread 1
    maxconn 8000
defaults
    mode http
    timeout connect 10s
    timeout client 300s
    timeout server 300s
frontend clients
    bind 127.0.0.1:{port} backlog 4096
    default_backend provider
backend provider
    http-reuse always
    http-request set-header Host localhost
    http-request set-header Authorization "Bearer {key}"
    server up 127.0.0.1:{upstream_port} ssl verify required ca-file {directory}/ca.pem verifyhost localhost sni str(localhost) pool-max-conn 8000 pool-purge-delay 60s
""")
    return Server(["/usr/sbin/haproxy", "-db", "-f", path], port)


def slow_connect(port, upstream_port, seconds):
    """A relay to the upstream that lets each new connection wait."""
    return Server([sys.executable, Path(__file__).with_name("slow_connect.py"), port, upstream_port, seconds], port)


def stream_origin(port):
    """Our own origin of event streams, without TLS."""
    return Server([load_program(), "origin", "--port", port], port)


def load_program():
    path = Path(os.environ.get("TACIT_LOAD_BINARY", harness.ROOT / ".build/release/tacit-load"))
    if not path.exists():
        raise SystemExit("no load program; run: Scripts/build tacit-load")
    return path

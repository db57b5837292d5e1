#!/usr/bin/env python3
"""A stand-in for HashiCorp Vault, as strict as the real one: Transit, KV v2, AppRole, Kubernetes, tokens, seal, limits, on loopback.

It answers as real servers were seen to answer, in two generations that differ in statuses and bodies: 1.8 and 1.14. What it does not know it refuses as
they do. Nothing is kept. A second port takes orders from tests: seal, revoke, fail, drop, delay.

usage: vault.py [--generation 1.8|1.14] [--tls-cert FILE --tls-key FILE] [--until-eof]
prints one line of JSON: address, admin, root_token, role_id, secret_id, jwt.
"""

import argparse
import json
import signal
import ssl
import sys
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.dont_write_bytecode = True
from vault_admin import admin_handler  # noqa: E402
from vault_core import Core  # noqa: E402
from vault_http import vault_handler  # noqa: E402


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, client_address):
        """A client that went away, or TLS that failed, is no news."""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--generation", choices=("1.8", "1.14"), default="1.14")
    parser.add_argument("--tls-cert")
    parser.add_argument("--tls-key")
    parser.add_argument("--until-eof", action="store_true", help="end when standard input does")
    options = parser.parse_args()
    core = Core(options.generation)
    server = Server(("127.0.0.1", 0), vault_handler(core))
    scheme = "http"
    if options.tls_cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.tls_cert, options.tls_key)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        scheme = "https"
    admin = Server(("127.0.0.1", 0), admin_handler(core))
    for one in (server, admin):
        threading.Thread(target=one.serve_forever, daemon=True).start()
    host = "localhost" if scheme == "https" else "127.0.0.1"
    print(json.dumps({
        "address": f"{scheme}://{host}:{server.server_address[1]}", "admin": f"http://127.0.0.1:{admin.server_address[1]}",
        "root_token": core.root, "role_id": core.role_id, "secret_id": core.secret_id, "jwt": core.jwt}), flush=True)
    if options.until_eof:
        sys.stdin.buffer.read()
    else:
        signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    main()

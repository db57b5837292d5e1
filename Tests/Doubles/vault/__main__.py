"""A stand-in for HashiCorp Vault, for tests: transit, KV version 2, tokens, policies, AppRole and Kubernetes logins.

    python3 Tests/Doubles/vault --generation 1.8|1.14 [--tls CERT KEY]

It answers as the servers of that generation do, refusals and traps included. One line of JSON on stdout says where it listens: `port`,
`admin` (the control port, plain HTTP on loopback) and the root `token`. It ends with its standard input, or when it is killed.
"""

import argparse
import json
import os
import ssl
import sys
import threading

sys.dont_write_bytecode = True

from admin import AdminHandler  # noqa: E402
from handler import VaultHandler  # noqa: E402
from server import Server  # noqa: E402
from state import State  # noqa: E402


def end_with_parent():
    sys.stdin.buffer.read()
    os._exit(0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--generation", choices=["1.8", "1.14"], default="1.14")
    parser.add_argument("--tls", nargs=2, metavar=("CERT", "KEY"))
    arguments = parser.parse_args()
    state = State(modern=arguments.generation == "1.14")
    context = None
    if arguments.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*arguments.tls)
    vault = Server(VaultHandler, state, context)
    admin = Server(AdminHandler, state, None)
    threading.Thread(target=end_with_parent, daemon=True).start()
    threading.Thread(target=admin.serve_forever, daemon=True).start()
    print(json.dumps({"port": vault.port, "admin": admin.port, "token": state.tokens.root}), flush=True)
    vault.serve_forever()


main()

"""Ports for servers that are started by name of their port and may be started again on it."""

import itertools
import os
import socket

# Beneath the ports the kernel gives to connections and to listeners on port 0 (32768 and up on Linux unless told otherwise): between the
# choice of a port and the server's bind, nothing of those can take it.
FIRST, END, BLOCK = 12_288, 32_768, 512


class Block:
    """512 ports that are this process's as long as it lives: a name of an abstract socket stands for them, of which the kernel
    gives one, and which ends with the process."""

    def __init__(self):
        for first in range(FIRST, END, BLOCK):
            self.claim = socket.socket(socket.AF_UNIX)
            try:
                self.claim.bind(f"\0tacit-test-ports-{first}")
            except OSError:
                self.claim.close()
                continue
            self.process = os.getpid()
            # Round and round: a port is used again as late as can be.
            self.ports = itertools.cycle(range(first, first + BLOCK))
            return
        raise RuntimeError("every block of ports is claimed by another run of tests")

    def free_port(self):
        for port in itertools.islice(self.ports, BLOCK):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    continue
                return port
        raise RuntimeError("every port of this run is taken")


_block = None


def free_port():
    """A port on 127.0.0.1 that nobody listens on, and that no other run of tests is given."""
    global _block
    if _block is None or _block.process != os.getpid():
        _block = Block()
    return _block.free_port()

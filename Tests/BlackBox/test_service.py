"""The broker under a service manager: the notification protocol, and the unit files."""

import os
import shutil
import signal
import socket
import subprocess

import pytest
from harness import BINARY, Broker


class Manager:
    """The socket systemd would listen on."""

    def __init__(self, address):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(address)
        self.socket.settimeout(20)

    def next(self):
        return dict(line.split("=", 1) for line in self.socket.recv(4096).decode().split("\n"))

    def wait_for(self, name):
        while True:
            message = self.next()
            if name in message:
                return message


@pytest.mark.parametrize("kind", ["path", "abstract"])
def test_the_manager_hears_when_the_broker_is_ready_and_when_it_stops(tmp_path, kind):
    name = f"tacit-test-{os.getpid()}"
    manager = Manager(str(tmp_path / "notify") if kind == "path" else "\0" + name)
    broker = Broker(tmp_path, environment={"NOTIFY_SOCKET": str(tmp_path / "notify") if kind == "path" else "@" + name})
    broker.start(wait=False)
    try:
        message = manager.wait_for("READY")
        # Not before the proxy listens: whatever is started after us may call at once.
        socket.create_connection(("127.0.0.1", broker.proxy_port), timeout=1).close()
        assert message["READY"] == "1" and str(broker.proxy_port) in message["STATUS"]
        broker.process.send_signal(signal.SIGTERM)
        assert manager.wait_for("STOPPING")["STOPPING"] == "1"
        assert broker.process.wait(15) == 0
    finally:
        broker.stop()


def test_the_watchdog_is_fed(tmp_path):
    manager = Manager(str(tmp_path / "notify"))
    broker = Broker(tmp_path, environment={"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "400000"})
    broker.start(wait=False)
    try:
        for _ in range(3):
            assert manager.wait_for("WATCHDOG")["WATCHDOG"] == "1"
    finally:
        broker.stop()


def test_a_manager_that_is_gone_stops_nothing(tmp_path):
    broker = Broker(tmp_path, environment={"NOTIFY_SOCKET": str(tmp_path / "nobody"), "WATCHDOG_USEC": "400000"})
    broker.start().stop()


def tacit(*words, **environment):
    kept = {name: os.environ[name] for name in ("PATH",) if name in os.environ}
    return subprocess.run([str(BINARY), "service", *map(str, words)], capture_output=True, text=True, env=kept | environment)


@pytest.mark.parametrize("words", [["--kek", "file:keyring"], ["--data", "data"], ["--no-such-option"], ["stray"]])
def test_options_that_serve_would_refuse_write_nothing(tmp_path, words):
    result = tacit("install", "--user", "--output", tmp_path / "units", "--", *words)
    assert result.returncode == 2 and result.stderr, result
    assert not (tmp_path / "units").exists()


def test_the_machines_units_are_shown_but_not_written_for_a_program_a_service_cannot_reach(tmp_path):
    program = tmp_path / "tacit"
    try:
        os.link(BINARY, program)
    except OSError:
        shutil.copy(BINARY, program)
    if not str(program).startswith("/tmp/"):
        pytest.skip("NOT run (temporary files are elsewhere)")
    run = lambda *words: subprocess.run([program, "service", "install", "--system", *words], capture_output=True, text=True)
    assert run().returncode == 2
    shown = run("--show")
    assert shown.returncode == 0 and f"ExecStart={program} serve --data /var/lib/tacit" in shown.stdout, shown


@pytest.mark.parametrize("scope", ["--user", "--system"])
def test_systemd_accepts_the_units(tmp_path, scope):
    if not shutil.which("systemd-analyze"):
        pytest.skip("NOT run (systemd-analyze is not installed)")
    units = tmp_path / "units"
    result = tacit("install", scope, "--output", units, "--", "--proxy-threads", "2", "--upstream-ca", "/etc/odd name/100%$.pem")
    assert result.returncode == 0, result.stderr
    paths = sorted(units.iterdir())
    assert result.stdout.split() == [str(units / name) for name in (
        "tacit.service", "tacit-rotate-kek.service", "tacit-rotate-kek.timer", "tacit-rotate-due@.service", "tacit-rotate-due@.timer")]
    instances = [str(path).replace("@.", "@nightly.") for path in paths]
    verdict = subprocess.run(["systemd-analyze", "verify", "--man=no", *(["--user"] if scope == "--user" else []), *instances],
                             capture_output=True, text=True, env=os.environ | {"XDG_RUNTIME_DIR": str(tmp_path)})
    ours = [line for line in verdict.stderr.splitlines() if "tacit" in line]
    assert ours == [], verdict.stderr
    broker = (units / "tacit.service").read_text()
    assert '"/etc/odd name/100%%$$.pem"' in broker and "Type=notify" in broker


def test_uninstall_removes_what_install_wrote_and_nothing_else(tmp_path):
    config = {"XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path)}
    other = tmp_path / "systemd/user/other.service"
    other.parent.mkdir(parents=True)
    other.write_text("")
    if os.path.exists("/run/systemd/system"):
        pytest.skip("NOT run (would talk to this machine's service manager)")
    assert tacit("install", "--user", **config).returncode == 0
    assert len(list(other.parent.iterdir())) == 6
    assert tacit("uninstall", "--user", **config).returncode == 0
    assert list(other.parent.iterdir()) == [other]
    assert tacit("uninstall", "--user", **config).returncode == 4

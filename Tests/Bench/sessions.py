"""What a call costs beside many live sessions: brokers with 1 to 100 000 of them, calls that take all tokens in turn.

Sessions are made by a program of ours with the client's and the broker's own code (tacit-sessions): a broker signs, wraps, stores durably and reloads
for each, which is right for people and too slow for 100 000. What is measured is the real broker on the result.

Each account has connections of its own to the upstream, so many accounts cost a call more than one, whatever their sessions. Brokers with as many
accounts and one session each show how much of the cost that is.
"""

import os
import random
import signal
import statistics
import subprocess
import time
from pathlib import Path

import harness
import machine
import wrk
from calls import ANSWER, BODY, PATH
from rig import Rig

#: An account has at most so many.
PER_ACCOUNT = 1000
SCRIPT = """
local requests = {}
init = function(arguments)
    for token in io.lines("%s") do
        requests[#requests + 1] = wrk.format("POST", "%s", { ["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. token,
            ["Host"] = wrk.headers["Host"] }, '%s')
    end
end
local next = 0
request = function()
    next = next %% #requests + 1
    return requests[next]
end
"""


def program():
    path = Path(os.environ.get("TACIT_SESSIONS_BINARY", harness.ROOT / ".build/release/tacit-sessions"))
    if not path.exists():
        raise SystemExit("no program that makes sessions; run: Scripts/build tacit-sessions")
    return path


class Filled:
    """A broker with `count` live sessions, stopped while it is not measured."""

    def __init__(self, rig, accounts, count, upstream):
        home = rig.directory / f"tacit-{accounts}-{count}"
        home.mkdir()
        self.accounts, self.count = accounts, count
        self.broker = harness.Broker(home, ca=rig.directory / "ca.pem", environment={"TACIT_LOG_LEVEL": "warning"})
        self.broker.start().stop()
        began = time.time()
        tokens = subprocess.run([program(), self.broker.data, self.broker.keyring, f"https://localhost:{upstream.port}", str(accounts),
                                 str(-(-count // accounts))], input=rig.key + "\n", text=True, capture_output=True)
        if tokens.returncode:
            raise SystemExit(tokens.stderr)
        self.filling = time.time() - began
        tokens = tokens.stdout.split()
        random.Random(count).shuffle(tokens)
        (home / "tokens").write_text("\n".join(tokens))
        self.script = home / "calls.lua"
        self.script.write_text(SCRIPT % (home / "tokens", f"/openai{PATH}", BODY))
        began = time.time()
        rig.keep(self)
        self.broker.start(wait=False)
        self.broker.wait_ready(600)
        self.start = time.time() - began
        self.pause()

    def resume(self):
        self.broker.process.send_signal(signal.SIGCONT)

    def pause(self):
        self.broker.process.send_signal(signal.SIGSTOP)

    def stop(self):
        self.broker.process.send_signal(signal.SIGCONT)
        self.broker.stop()

    def measure(self, seconds):
        """One run, after a short one that opens the connections to the upstream again."""
        pid = self.broker.process.pid
        self.broker.process.send_signal(signal.SIGCONT)
        try:
            wrk.run(self.broker.proxy, 32, 2, self.script)
            before = machine.loop_seconds(pid)
            found = wrk.run(self.broker.proxy, 32, seconds, self.script, pid=pid)
            loop = (machine.loop_seconds(pid) - before) / (found["rps"] * seconds) * 1e6
            return found | {"loop_us": loop, "rss": machine.memory(pid)["rss"]}
        finally:
            self.pause()


def plan(counts):
    """What is filled, as (accounts, sessions): before each count that takes several accounts, as many with one session each."""
    made = []
    for count in counts:
        accounts = -(-count // PER_ACCOUNT)
        made += [(accounts, accounts)] * (accounts > 1) + [(accounts, count)]
    return list(dict.fromkeys(made))


def run(options):
    with Rig() as rig:
        upstream = rig.upstream(ANSWER)
        filled = [Filled(rig, accounts, count, upstream) for accounts, count in plan(options.sessions)]
        runs = {one: [] for one in filled}
        for number in range(options.rounds):
            for one in filled if number % 2 == 0 else reversed(filled):
                runs[one].append(one.measure(options.seconds))
        rows = [{"sessions": one.count, "accounts": one.accounts, "start_ms": one.start * 1000, "filling_s": one.filling}
                | {figure: statistics.median(run[figure] for run in runs[one]) for figure in runs[one][0]} for one in filled]
        return {"kind": "sessions", "rounds": options.rounds, "seconds": options.seconds, "machine": machine.facts(), "rows": rows}

"""What a call costs beside many live sessions: brokers with 1 to 100 000 of them, calls that take all tokens in turn.

Sessions are made by a program of ours with the client's and the broker's own code (tacit-sessions): a broker signs, wraps, stores durably and reloads
for each, which is right for people and too slow for 100 000. What is measured is the real broker on the result.

All sessions of a broker belong to one account, more of them than a broker lets one have, so that sessions are all that differs. Each account has a key
and connections to the upstream of its own, so many accounts cost a call more than one, whatever their sessions: the largest count is measured again over
as many accounts as it takes, beside as many accounts with one session each.
"""

import os
import random
import statistics
import subprocess
import time
from pathlib import Path

import harness
import machine
import wrk
from calls import ANSWER, BODY, PATH
from rig import Rig

#: An account has at most so many, by what a broker allows.
PER_ACCOUNT = 1000
#: Requests are put together as they are sent: 100 000 of them ready made would push the broker out of the processor's cache.
SCRIPT = """
local tokens = {}
local before, after
local next = 0
init = function(arguments)
    next = tonumber(arguments[1])
    for token in io.lines("%s") do tokens[#tokens + 1] = token end
    local whole = wrk.format("POST", "%s", { ["Content-Type"] = "application/json", ["Authorization"] = "Bearer TOKEN",
        ["Host"] = wrk.headers["Host"] }, '%s')
    local first, last = whole:find("TOKEN", 1, true)
    before, after = whole:sub(1, first - 1), whole:sub(last + 1)
end
request = function()
    next = next %% #tokens + 1
    return before .. tokens[next] .. after
end
"""


def program():
    path = Path(os.environ.get("TACIT_SESSIONS_BINARY", harness.ROOT / ".build/release/tacit-sessions"))
    if not path.exists():
        raise SystemExit("no program that makes sessions; run: Scripts/build tacit-sessions")
    return path


class Filled:
    """A broker with `count` live sessions."""

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

    def stop(self):
        self.broker.stop()

    def measure(self, seconds):
        """One run, after a short one that opens the connections to the upstream. Each begins at another token: one does not come through all."""
        pid = self.broker.process.pid
        wrk.run(self.broker.proxy, 32, 1, self.script, arguments=[random.randrange(self.count)])
        before = machine.loop_seconds(pid)
        found = wrk.run(self.broker.proxy, 32, seconds, self.script, pid=pid, arguments=[random.randrange(self.count)])
        loop = (machine.loop_seconds(pid) - before) / found["requests"] * 1e6
        return found | {"loop_us": loop, "rss": machine.memory(pid)["rss"]}


def plan(counts):
    """What is filled, as (accounts, sessions): all in one account, and the most over many, after as many with one session each."""
    accounts = -(-max(counts) // PER_ACCOUNT)
    return [(1, count) for count in sorted({1, *counts})] + ([(accounts, accounts), (accounts, max(counts))] if accounts > 1 else [])


def control(one, filled):
    """What a broker is compared with: as many accounts with one session each."""
    return next((other for other in filled if other.accounts == one.accounts == other.count), filled[0])


def run(options):
    with Rig() as rig:
        upstream = rig.upstream(ANSWER)
        filled = [Filled(rig, accounts, count, upstream) for accounts, count in plan(options.sessions)]
        runs = {one: [] for one in filled}
        for _ in range(options.rounds):
            for one in random.sample(filled, len(filled)):
                runs[one].append(one.measure(options.seconds))

        def ratio(figure, one, other):
            return statistics.median(a[figure] / b[figure] for a, b in zip(runs[one], runs[other]))

        rows = [{"sessions": one.count, "accounts": one.accounts, "start_ms": one.start * 1000, "filling_s": one.filling,
                 "loop_to_one": ratio("loop_us", one, filled[0]), "loop_ratio": ratio("loop_us", one, control(one, filled)),
                 "cpu_ratio": ratio("cpu_us", one, control(one, filled))}
                | {figure: statistics.median(run[figure] for run in runs[one]) for figure in runs[one][0]} for one in filled]
        return {"kind": "sessions", "rounds": options.rounds, "seconds": options.seconds, "machine": machine.facts(), "rows": rows}

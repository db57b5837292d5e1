"""Results as tables: for the terminal, or as Markdown to paste into Docs/PERFORMANCE.md."""


def number(value, digits):
    return "-" if value is None else f"{value:,.{digits}f}".replace(",", " ")


def inner(row):
    return [number(row[what][figure], 1) for what in ("exposure", "added") for figure in ("p50_us", "p99_us")]


def calls(result):
    """[(title, columns, rows)]"""
    rows, ratios, inside = [], [], []
    for count, table in result["connections"].items():
        for name, row in table.items():
            rows.append([str(count), name, number(row["rps"], 0), number(row["cpu_us"], 1), number(row["p50_us"], 0), number(row["p99_us"], 0),
                         number(row["added_p50_us"], 0)])
            if "ratio" in row:
                ratios.append([str(count), name] + [number(row["ratio"][figure], 2) for figure in ("rps", "cpu_us", "p50_us", "added_p50_us", "p99_us")])
        inside.append([f"{count} connections", *inner(table["tacit"])])
    nginx = result["opening"]["nginx"]["cpu_us"]
    openings = [[name, number(row["rps"], 0), number(row["cpu_us"], 0), number(row["cpu_us"] / nginx, 2), number(row["p50_us"], 0)]
                for name, row in result["opening"].items()]
    slow = result["slow_upstream"]
    inside.append([f"each call opens a connection that takes {slow['delay_ms']:.0f} ms", *inner(slow)])
    return [
        (f"Calls: medians of {result['rounds']} rounds of {result['seconds']} s, one worker each, TLS upstream, {result['body_bytes']}-byte POST",
         ["connections", "", "requests/s", "CPU µs/request", "p50 µs", "p99 µs", "added p50 µs"], rows),
        ("Ratios to nginx in the same round", ["connections", "", "requests/s", "CPU", "p50", "added p50", "p99"], ratios),
        ("Calls that each open a TLS connection to the upstream, 8 at a time", ["", "requests/s", "CPU µs/request", "CPU to nginx", "p50 µs"], openings),
        ("What Tacit measures itself, µs", ["", "key open, median", "p99", "added, median", "p99"], inside),
        ("Start of the broker to its first answered call", ["", "ms"], [["tacit", number(result["start_to_first_call_ms"], 0)]]),
    ]


def streams(result):
    table, rows = result["rows"], []
    columns = [("memory per stream, KiB (Pss)", lambda r: r["pss_per_stream"] and r["pss_per_stream"] / 1024), ("memory per stream, KiB (RSS)", lambda r: r["rss_per_stream"] / 1024),
               ("CPU µs per frame", lambda r: r["cpu_us_per_frame"]), ("CPU µs per stream opened", lambda r: r["cpu_us_per_opening"]),
               ("frame latency p50, µs", lambda r: r["frame_us"]["p50"]),
               ("frame latency p99, µs", lambda r: r["frame_us"]["p99"]), ("first frame p50, one connection, µs", lambda r: r["first_us"]["p50"]),
               ("first frame p99, one connection, µs", lambda r: r["first_us"]["p99"]),
               ("added first frame p50, one connection, µs", lambda r: r["added_first_us"]["p50"]), ("first frame p50 while all open, µs", lambda r: r["opening_us"]["p50"])]
    for words, value in columns:
        own, peer = value(table["tacit"]), value(table["nginx"])
        rows.append([words, number(peer, 1), number(own, 1), number(own / peer if own and peer else None, 2)])
    title = (f"{result['streams']} streams at a time for {result['seconds']} s, a frame of {result['frame_bytes']} bytes every {result['interval_ms']} ms each, "
             f"{result['rounds']} rounds; no frame lost, reordered, altered or cut ({number(table['tacit']['frames'], 0)} frames a round)")
    return [(title, ["", "nginx", "tacit", "ratio"], rows)]


def redaction(result):
    rows = [[name, number(row["nginx"]["mib_s"], 0), number(row["tacit"]["mib_s"], 0), number(row["to_nginx"], 2), number(row["nginx"]["cpu_us_per_mib"], 0),
             number(row["tacit"]["cpu_us_per_mib"], 0), number(row["cpu_to_innocent"], 2)] for name, row in result["rows"].items()]
    return [(f"Answers of {result['mib']} MiB made of one piece repeated; medians of {result['rounds']}",
             ["made of", "nginx MiB/s", "tacit MiB/s", "ratio", "nginx CPU µs/MiB", "tacit CPU µs/MiB", "CPU to innocent"], rows)]


def sessions(result):
    rows = [[number(row["sessions"], 0), number(row["accounts"], 0), number(row["rps"], 0), number(row["cpu_us"], 1), number(row["loop_us"], 1),
             number(row["p50_us"], 0), number(row["p99_us"], 0), number(row["loop_to_one"], 2), number(row["loop_ratio"], 2), number(row["cpu_ratio"], 2),
             number(row["start_ms"], 0), number(row["rss"] / (1 << 20), 0)] for row in result["rows"]]
    return [(f"Calls that take live sessions in turn: medians of {result['rounds']} rounds of {result['seconds']} s, 32 connections",
             ["live sessions", "accounts", "requests/s", "CPU µs/request", "of it event loop", "p50 µs", "p99 µs", "event loop to one session",
              "event loop to one session an account", "CPU to one session an account", "start, ms", "memory, MiB"], rows)]


def rotation(result):
    alone, beside = result["alone"], result["beside"]
    speed = [[name, number(row["per_cpu_s"], 0), number(result["wraps"] / row["wall_s"], 0), number(row["wall_s"], 1), number(row["cpu_s"], 1)]
             for name, row in (("tacit rotate kek", result["rotation"]), ("sqlite3 alone", result["sqlite"]))]
    calls = [[words, number(alone[figure], 0), number(beside[figure], 0), number(beside[figure] / alone[figure], 2)]
             for words, figure in (("p50 µs", "p50_us"), ("p99 µs", "p99_us"), ("longest, µs", "max_us"))]
    vault = result.get("vault")
    vaults = [(f"{number(result['wraps'], 0)} wraps re-wrapped, KEK in Vault transit; the server alone answers the same requests",
               ["", "wraps per second", "ratio"],
               [["the server alone", number(vault["server_per_s"], 0), ""], ["tacit rotate kek", number(vault["tacit_per_s"], 0), number(vault["ratio"], 2)]])
              ] if vault else []
    return [(f"{number(result['wraps'], 0)} wraps re-wrapped, keyring file; medians of {result['rounds']}",
             ["", "wraps per CPU second", "wraps per second", "seconds", "CPU seconds"], speed),
            (f"Calls at {result['rate']} per second for {result['seconds']} s, counted from when each was due", ["", "alone", "beside rotations", "ratio"], calls), *vaults]


def instructions(result):
    nginx, rows = result["rows"]["nginx"], []
    for name, row in result["rows"].items():
        plain = row["instructions"] - row["sha256"]
        rows.append([name, number(row["instructions"], 0), number(row["sha256"], 0), number(plain, 0), number(plain / (nginx["instructions"] - nginx["sha256"]), 2)])
    return [(f"Instructions of a call outside the kernel, {result['body_bytes']}-byte POST, 32 connections",
             ["", "instructions", "of it SHA-256 in software", "without it", "to nginx"], rows)]


KINDS = {"instructions": instructions, "calls": calls, "streams": streams, "redaction": redaction, "sessions": sessions, "rotation": rotation}


def plain(result):
    blocks = []
    for title, columns, rows in KINDS[result["kind"]](result):
        widths = [max(len(row[place]) for row in [columns, *rows]) for place in range(len(columns))]
        lines = ["  ".join(cell.ljust(width) if cell and not cell[0].isdigit() and place < 2 else cell.rjust(width)
                           for place, (cell, width) in enumerate(zip(row, widths))).rstrip() for row in [columns, *rows]]
        blocks.append("\n".join([title, *lines]))
    return "\n\n".join(blocks)


def markdown(result):
    facts = result["machine"]
    blocks = [f"{facts['processor']}, {facts['cores']} cores, {facts['memory_GiB']} GiB, Linux {facts['kernel']}; nginx {facts['nginx']}, "
              f"haproxy {facts['haproxy']}, wrk {facts['wrk']}."]
    for title, columns, rows in KINDS[result["kind"]](result):
        lines = [columns, ["---" if place == 0 else "---:" for place in range(len(columns))], *rows]
        blocks.append("\n".join([f"{title}.", "", *(f"| {' | '.join(row)} |" for row in lines)]))
    return "\n\n".join(blocks)

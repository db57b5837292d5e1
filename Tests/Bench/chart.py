"""Ratios to nginx as a bar chart: a small SVG that reads on light and dark pages."""

from xml.sax.saxutils import escape

COLORS = {"tacit": "#2f6fde", "haproxy": "#9aa4b2"}
#: Longer bars are cut, with their value beside them.
LONGEST = 2.5
WIDTH, LABEL, BAR, GAP, GROUP = 820, 250, 16, 4, 14


def groups(result):
    """[(label, {name: ratio})]; nginx is 1."""
    if result["kind"] == "calls":
        words = {"rps": "requests/s (more is better)", "cpu_us": "CPU per request", "added_p50_us": "added median latency", "p99_us": "p99 latency"}
        return [(f"{text}, {count} conn.", {name: row["ratio"][figure] for name, row in table.items() if row.get("ratio", {}).get(figure) is not None})
                for figure, text in words.items() for count, table in result["connections"].items()
                if figure != "added_p50_us" or int(count) == min(map(int, result["connections"]))]
    if result["kind"] == "streams":
        ratio = result["rows"]["ratio"]
        return [("memory per stream", {"tacit": ratio["pss_per_stream"] or ratio["rss_per_stream"]}), ("CPU per frame", {"tacit": ratio["cpu_us_per_frame"]}),
                ("frame latency, median", {"tacit": ratio["frame_us"]["p50"]}), ("added first frame, median", {"tacit": ratio["added_first_us"]["p50"]})]
    if result["kind"] == "redaction":
        return [(f"MiB/s, {name}", {"tacit": row["to_nginx"]}) for name, row in result["rows"].items()]
    raise SystemExit("these figures have no ratio to nginx to draw")


def svg(result):
    rows = [(label, {name: value for name, value in bars.items() if value is not None}) for label, bars in groups(result)]
    largest = min(max([1.2] + [value for _, bars in rows for value in bars.values()]), LONGEST)
    scale = (WIDTH - LABEL - 70) / largest
    parts, top = [], 50
    for label, bars in rows:
        height = len(bars) * (BAR + GAP)
        parts.append(f'<text x="{LABEL - 10}" y="{top + height / 2 + 2:.0f}" text-anchor="end">{escape(label)}</text>')
        for name, value in sorted(bars.items(), reverse=True):
            length = min(value, largest) * scale
            more = " →" if value > largest else ""
            parts.append(f'<rect x="{LABEL}" y="{top}" width="{length:.1f}" height="{BAR}" rx="2" fill="{COLORS[name]}"/>')
            # Not across the line.
            place = LABEL + (scale if 0 < scale - length < 40 else length) + 6
            parts.append(f'<text x="{place:.1f}" y="{top + BAR - 4}">{value:.2f}{more}</text>')
            top += BAR + GAP
        top += GROUP
    line = LABEL + scale
    shown = [name for name in COLORS if any(name in bars for _, bars in rows)]
    legend = "".join(f'<rect x="{10 + 80 * place}" y="16" width="12" height="12" fill="{COLORS[name]}"/><text x="{28 + 80 * place}" y="26">{name}</text>'
                     for place, name in enumerate(shown))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top + 10}" font-family="system-ui, sans-serif" font-size="12" fill="#7a8494">\n'
            f'<title>Ratios to nginx, which is 1</title>\n{legend}\n'
            f'<line x1="{line:.1f}" y1="36" x2="{line:.1f}" y2="{top}" stroke="#7a8494" stroke-dasharray="4 3"/>'
            f'<text x="{line:.1f}" y="28" text-anchor="middle">nginx = 1</text>\n' + "\n".join(parts) + "\n</svg>\n")

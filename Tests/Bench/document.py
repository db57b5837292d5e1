"""Puts figures into Docs/PERFORMANCE.md: each kind has a section of its own below `## Figures`, which a run replaces."""

import re

import chart
import harness
import tables

PAGE = harness.ROOT / "Docs/PERFORMANCE.md"


def replace(page, result, picture):
    """The page with the section of this kind written anew."""
    title = result["kind"].capitalize()
    image = f"![Ratios to nginx]({picture})\n\n" if picture else ""
    section = f"### {title}\n\n{image}{tables.markdown(result)}\n\n"
    pattern = re.compile(rf"^### {title}\n.*?(?=^##|\Z)", re.MULTILINE | re.DOTALL)
    if not pattern.search(page):
        raise SystemExit(f"{PAGE} has no section {title}")
    return pattern.sub(lambda _: section, page).rstrip() + "\n"


def write(result):
    picture = None
    if result["kind"] not in ("sessions", "rotation", "instructions"):
        picture = f"performance-{result['kind']}.svg"
        PAGE.with_name(picture).write_text(chart.svg(result))
    PAGE.write_text(replace(PAGE.read_text(), result, picture))

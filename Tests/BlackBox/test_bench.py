"""The arithmetic of the benchmark, without running it."""

import sys
from xml.etree import ElementTree

import pytest
from harness import ROOT

sys.path.append(str(ROOT / "Tests/Bench"))
import chart  # noqa: E402
import document  # noqa: E402
import histograms  # noqa: E402
import tables  # noqa: E402
import wrk  # noqa: E402


def test_quantiles_come_from_what_happened_between_two_readings():
    before = {10.0: 100, 20.0: 100, float("inf"): 100}
    after = {10.0: 150, 20.0: 198, float("inf"): 200}
    assert histograms.quantiles(before, after) == {"p50_us": 10.0, "p99_us": 20.0, "requests": 100}
    assert histograms.quantile([(10.0, 0), (20.0, 100), (float("inf"), 100)], 0.5) == 15.0
    assert histograms.quantile([(10.0, 1), (float("inf"), 4)], 0.9) == 10.0, "past the last bound nothing is known but that it is past it"


def test_a_broker_without_metrics_or_calls_has_no_exposure():
    assert histograms.between(histograms.read(None), histograms.read(None))["exposure"]["p50_us"] is None
    assert histograms.quantiles({10.0: 5, float("inf"): 5}, {10.0: 5, float("inf"): 5})["p50_us"] is None


def test_the_histogram_is_read_from_prometheus_text():
    text = ('# TYPE tacit_exposure_seconds histogram\ntacit_exposure_seconds_bucket{le="0.00001"} 3\ntacit_exposure_seconds_bucket{le="+Inf"} 4\n'
            'tacit_exposure_seconds_count 4\ntacit_added_latency_seconds_bucket{le="0.00001"} 9\n')
    buckets = histograms.parse(text, "tacit_exposure_seconds")
    assert {round(bound, 6): count for bound, count in buckets.items()} == {10.0: 3, float("inf"): 4}
    assert histograms.parse("tacit_requests_total 3\n", "tacit_exposure_seconds") is None


@pytest.mark.parametrize("text,value", [("75.00us", 0.075), ("1.50ms", 1.5), ("2.00s", 2000), ("1.00m", 60_000)])
def test_units_of_wrk(text, value):
    assert wrk.milliseconds(text) == pytest.approx(value)


def sample():
    row = {"rps": 1000.0, "cpu_us": 50.0, "p50_us": 90.0, "p99_us": 200.0, "added_p50_us": 60.0}
    ratio = {"rps": 0.95, "cpu_us": 1.1, "p50_us": 1.2, "added_p50_us": 1.25, "p99_us": 1.0}
    table = {"direct": row | {"added_p50_us": None}, "nginx": row, "haproxy": row | {"ratio": ratio},
             "tacit": row | {"ratio": ratio, "exposure": {"p50_us": 12.0, "p99_us": None}, "added": {"p50_us": 30.0, "p99_us": 90.0}}}
    return {"kind": "calls", "rounds": 1, "seconds": 1, "body_bytes": 67, "start_to_first_call_ms": 100.0, "connections": {"1": table},
            "opening": {"nginx": row, "haproxy": row, "tacit": row | {"cpu_us": 75.0}},
            "slow_upstream": {"delay_ms": 200.0, "exposure": {"p50_us": 12.0, "p99_us": 30.0}, "added": {"p50_us": 30.0, "p99_us": 90.0}},
            "machine": {"processor": "p", "cores": 2, "memory_GiB": 1, "kernel": "k", "nginx": "n", "haproxy": "h", "wrk": "w"}}


def test_a_result_is_printed_and_drawn():
    plain, markdown = tables.plain(sample()), tables.markdown(sample())
    assert "0.95" in plain and "| 1 | tacit | 0.95 | 1.10 | 1.20 | 1.25 | 1.00 |" in markdown
    assert "| tacit | 1 000 | 75 | 1.50 | 90 |" in markdown
    root = ElementTree.fromstring(chart.svg(sample()))
    bars = [element for element in root.iter("{http://www.w3.org/2000/svg}rect") if element.get("height") == str(chart.BAR)]
    assert len(bars) == 8, "two proxies, four figures"


def test_rotations_are_printed_with_a_real_vault_and_without():
    row = {"per_cpu_s": 30_000.0, "wall_s": 4.0, "cpu_s": 3.3}
    quantiles = {"p50_us": 900.0, "p99_us": 2000.0, "max_us": 9000.0}
    result = {"kind": "rotation", "rounds": 3, "seconds": 8, "wraps": 100_000, "rate": 500, "rotation": row, "sqlite": row, "alone": quantiles,
              "beside": quantiles}
    assert "Vault" not in tables.plain(result) and "30 000" in tables.plain(result)
    assert "0.85" in tables.plain(result | {"vault": {"server_per_s": 20_000.0, "tacit_per_s": 17_000.0, "ratio": 0.85}})


def test_a_run_replaces_its_own_section_of_the_page_only():
    page = "# Performance\n\n## Figures\n\n### Calls\n\nold\n\n### Streams\n\nkept\n\n## Where the time goes\n\nkept too\n"
    page = document.replace(document.replace(page, sample(), None), sample(), "picture.svg")
    assert "old" not in page and page.count("### Calls") == 1 and page.count("picture.svg") == 1
    assert page.endswith("### Streams\n\nkept\n\n## Where the time goes\n\nkept too\n")
    with pytest.raises(SystemExit):
        document.replace("# Performance\n", sample(), None)

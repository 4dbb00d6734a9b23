"""The measured figures in README.md and docs/explanation/measurements.md.

Both take them from `bench/figures.json`, which `make bench` writes, and show them between the marks
`<!-- figures -->` and `<!-- /figures -->`; the rest of these pages is written by hand.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from bench.report import read
from tools.blocks import with_block

README, MEASUREMENTS = "README.md", "docs/explanation/measurements.md"

_ROWS = {
    "capture": (
        "durable capture, 64 connections, bodies of 1.9 KB",
        "{per_s:,.0f} leads/s, p50 {p50_ms:.0f} ms, p99 {p99_ms:.0f} ms",
        "the same server storing nothing: {storing_nothing_per_s:,.0f}/s; ratio {ratio:.2f}",
    ),
    "refine": (
        "refinement, everything included",
        "{per_s:,.0f} leads/s on one core",
        "one lead per transaction: {alone_per_s:,.0f}/s; ratio {ratio:.1f}",
    ),
    "backtest": (
        "backtest of {leads:,.0f} leads, duplicates searched",
        "{whole_s:.0f} s, {per_s:,.0f} leads/s",
        "without the search: {without_s:.0f} s, {without_per_s:,.0f} leads/s",
    ),
    "lateness": (
        "lateness with {waiting:,.0f} leads waiting and a worker killed",
        "p50 {p50_s:.2f} s, p99 {p99_s:.2f} s",
        "nothing else waiting: p99 {alone_p99_s:.2f} s; ratio {ratio:.1f}",
    ),
    "memory": (
        "memory after {leads:,.0f} leads, largest process",
        "{largest_mb:.0f} MB",
        "just started: {started_mb:.0f} MB; the process that grew most: {ratio:.1f} times",
    ),
    "cold_start": (
        "cold start of Capture on AWS, imports and first answer",
        "{capture_ms:.0f} ms of CPU; zip {capture_zip_mb:.1f} MB",
        "boto3 with clients of S3 and SQS, no call yet: {boto3_ms:.0f} ms; "
        "ratio {capture_ratio:.2f}",
    ),
    "cold_start/refine": (
        "cold start of Refine on AWS, imports and ten leads",
        "{refine_ms:.0f} ms of CPU; zip {work_zip_mb:.1f} MB",
        "the same; ratio {refine_ratio:.2f}",
    ),
    "flat": (
        "CPU per lead with {stored:,.0f} leads stored",
        "{accept_us:.0f} µs to accept, {refine_us:.0f} µs to refine",
        "with 1,000 stored: {few_accept_us:.0f} and {few_refine_us:.0f} µs; ratio {ratio:.2f}",
    ),
    "questions": (
        "first byte of the dashboard's pages with {stored:,.0f} leads; of those that search (p95)",
        "{first_byte_ms:.0f} ms; {search_first_byte_ms:.0f} ms of CPU; by the clock, while 1,000 "
        "leads/s are captured, {beside_page_ms:.0f} and {beside_search_ms:.0f} ms",
        "with 10,000 leads: {few_first_byte_ms:.0f} and {few_search_first_byte_ms:.0f} ms; capture "
        "keeps {kept_share:.1%} of its rate by CPU, {beside_kept_share:.1%} by the clock; "
        "{dashboard_mb:.0f} MB",
    ),
    "questions/asked": (
        "the index's answers alone: a list with its number, a search, figures (p95)",
        "{page_ms:.0f}, {search_ms:.0f} and {figure_ms:.0f} ms of CPU",
        "with 10,000 leads: {few_page_ms:.0f} ms a list, {few_search_ms:.0f} ms a search; "
        "{index_bytes:,.0f} bytes a lead",
    ),
    "experiments": (
        "experiments: equal arms that cry winner or harm, 100 looks",
        "{equal_share:.1%}; with unequal delays {unequal_share:.1%}, with few won "
        "{rare_share:.1%}, with an arm of a tenth {small_share:.1%}, with companies "
        "{by_company_share:.1%}",
        "a test at each look: {equal_each_look_share:.0%}, {unequal_each_look_share:.0%} with "
        "unequal delays; open leads as lost: {open_as_lost_share:.0%}; leads in place of "
        "companies: {by_lead_share:.0%}",
    ),
    "experiments/found": (
        "experiments: differences that are found; right shares that are called wrong",
        "{power_share:.0%}; {mismatch_share:.1%}",
        "planned: 80%; chi-square at each look: {mismatch_each_look_share:.0%}",
    ),
    "command_line": (
        "command line: `--help`, `leads`, and `leads` that lists {stored:,.0f}",
        "{help_ms:.0f}, {leads_ms:.0f} and {many_leads_ms:.0f} ms of CPU",
        "`python -c pass`: {bare_ms:.0f} ms; ratios {help_times:.0f}, {leads_times:.0f} and "
        "{many_leads_times:.0f}",
    ),
}
_COLD = {
    "boto3": "boto3 with clients of S3 and SQS, no call yet",
    "capture_imports": "Capture: imports",
    "capture": "Capture: to its first answer, a signed delivery of Close",
    "capture_over_tls": "the same over TLS",
    "refine_imports": "Refine: imports",
    "refine": "Refine: to the end of a batch of ten leads",
}


def readme() -> str:
    """README.md with the figures of now."""
    return with_block(README, "figures", in_readme(read()))


def measurements() -> str:
    """The page of measurements with the figures of now."""
    return with_block(MEASUREMENTS, "figures", in_measurements(read()))


def in_readme(kept: Mapping[str, Any]) -> str:
    """README's table, and what the figures were measured on."""
    rows = ["| | measured | baseline of the same run |", "| --- | --- | --- |"]
    for name, cells in _ROWS.items():
        if name.partition("/")[0] not in kept:  # a benchmark that was not run yet
            continue
        figures = _figures(kept, name.partition("/")[0])
        rows.append("| " + " | ".join(cell.format_map(figures) for cell in cells) + " |")
    return "\n".join(rows) + f"\n\n{_machine(kept)}\n"


def in_measurements(kept: Mapping[str, Any]) -> str:
    """The table of cold starts."""
    figures = _figures(kept, "cold_start")
    rows = ["| fresh interpreter | CPU | ratio to boto3 |", "| --- | --- | --- |"]
    for name, words in _COLD.items():
        if f"{name}_ms" in figures:
            cells = f"{figures[f'{name}_ms']:.0f} ms | {figures[f'{name}_ratio']:.2f}"
            rows.append(f"| {words} | {cells} |")
    zips = "`capture.zip` has {capture_zip_mb:.1f} MB, `work.zip` {work_zip_mb:.1f} MB."
    machine = _machine({"cold_start": kept["cold_start"]})
    return "\n".join(rows) + f"\n\n{zips.format_map(figures)} {machine}\n"


def _figures(kept: Mapping[str, Any], name: str) -> Mapping[str, float]:
    """A benchmark's figures, and the ratios of those of cold starts to boto3's."""
    figures: dict[str, float] = dict(kept[name]["figures"])
    if boto3 := figures.get("boto3_ms"):
        times = [key.removesuffix("_ms") for key in figures if key.endswith("_ms")]
        figures |= {f"{key}_ratio": figures[f"{key}_ms"] / boto3 for key in times}
    return figures


def _machine(kept: Mapping[str, Any]) -> str:
    """On what, and when; each once, in the order of time."""
    said = dict.fromkeys(_said(kept))
    return "Measured " + "; ".join(said) + "."


def _said(kept: Mapping[str, Any]) -> Iterator[str]:
    for one in sorted(kept.values(), key=lambda one: str(one["measured"])):
        yield f"on {one['measured']}, on {one['cores']} shared cores, Python {one['python']}"

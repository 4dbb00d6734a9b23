"""One figure for one claim: README and the page of measurements show what one file holds."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bench.report import keep, read
from tools import figures_page
from tools.blocks import with_block

ROOT = Path(__file__).parents[3]
PAGES = (figures_page.README, figures_page.MEASUREMENTS)


def with_other(kept: dict[str, Any], name: str, figure: str, value: float) -> dict[str, Any]:
    other: dict[str, Any] = json.loads(json.dumps(kept))
    other[name]["figures"][figure] = value
    return other


def test_a_run_takes_the_place_of_the_run_before_and_leaves_other_benchmarks(
    tmp_path: Path,
) -> None:
    path = tmp_path / "figures.json"
    keep("flat", {"ratio": 1.2}, path)
    keep("capture", {"ratio": 0.61, "p50_ms": 5.0}, path)
    keep("capture", {"ratio": 0.6234567}, path)
    kept = read(path)
    assert kept["capture"]["figures"] == {"ratio": 0.6235}
    assert kept["flat"]["figures"] == {"ratio": 1.2}
    assert kept["flat"].keys() == {"measured", "python", "cores", "figures"}


def test_both_pages_show_the_same_cold_start() -> None:
    kept = with_other(read(), "cold_start", "capture_ms", 61.0)
    assert "| 61 ms of CPU;" in figures_page.in_readme(kept)
    assert "| 61 ms | " in figures_page.in_measurements(kept)


@pytest.mark.parametrize(
    ("name", "figure"),
    [(name, figure) for name, one in read().items() for figure in one["figures"]],
)
def test_every_figure_of_the_file_is_shown(name: str, figure: str) -> None:
    shown_elsewhere = ("bare_ms", "no_trust_ms", "roots_ms", "store_ms")
    if figure in shown_elsewhere:
        pytest.skip("printed by the benchmark only")
    kept = read()
    other = with_other(kept, name, figure, kept[name]["figures"][figure] * 3)
    before = figures_page.in_readme(kept) + figures_page.in_measurements(kept)
    assert figures_page.in_readme(other) + figures_page.in_measurements(other) != before


@pytest.mark.parametrize("page", PAGES)
def test_no_measured_time_of_a_cold_start_stands_outside_the_marks(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    outside = re.sub(r"<!-- figures -->.*?<!-- /figures -->", "", text, flags=re.DOTALL)
    for figure in ("leads/s, p50", "ms of CPU;", "zip_mb", "`capture.zip` has"):
        assert figure not in outside


def test_a_page_without_marks_is_refused(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("57 ms", encoding="utf-8")
    with pytest.raises(ValueError, match=r"README\.md: put the marks"):
        with_block("README.md", "figures", "61 ms", tmp_path)

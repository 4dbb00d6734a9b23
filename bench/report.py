"""What a benchmark reports, and the file that README and docs take their figures from."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

FIGURES = Path(__file__).with_name("figures.json")
"""Of each benchmark the figures of its newest run, and when and on what it ran. `make docs` writes
them into the pages."""


class Report(NamedTuple):
    """Lines to print, whether the gate is met, and the figures that pages show, by name. The end
    of a name is its unit."""

    lines: Sequence[str]
    is_good: bool
    figures: Mapping[str, float] = {}


def keep(name: str, figures: Mapping[str, float], path: Path = FIGURES) -> None:
    """Put the figures of this run in the place of those of the run before."""
    kept = read(path)
    kept[name] = {
        "measured": datetime.now(UTC).date().isoformat(),
        "python": ".".join(platform.python_version_tuple()[:2]),
        "cores": os.cpu_count(),
        "figures": {key: round(value, 4) for key, value in figures.items()},
    }
    path.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def read(path: Path = FIGURES) -> dict[str, Any]:
    """The file's content; nothing, when there is no such file yet."""
    if not path.exists():
        return {}
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found

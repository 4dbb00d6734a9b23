"""Who loads what shows pages, and who does not."""

import subprocess
import sys

import pytest

PAGES = ("starlette", "jinja2", "argon2", "anyio", "leadline.entrypoints.dashboard")


@pytest.mark.parametrize(
    "module",
    [
        "leadline.entrypoints.embedded.http_process",
        "leadline.entrypoints.embedded.supervisor",
        "leadline.entrypoints.embedded.worker_process",
        "leadline.entrypoints.aws.capture",
    ],
)
def test_what_takes_and_refines_leads_loads_nothing_of_the_dashboard(module: str) -> None:
    program = f"import {module}, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = done.stdout.split()
    assert module in loaded
    assert not [one for one in loaded if one.startswith(PAGES)]


def test_commands_load_no_page() -> None:
    program = "import leadline.entrypoints.cli as c, sys; c.app; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert not [one for one in done.stdout.split() if one in PAGES[:3]]

"""The global options: where they may stand, and what they load."""

import subprocess
import sys
from pathlib import Path

import pytest

from leadline.entrypoints.cli._app import _globals_first


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("leads --data x --json", "--data x leads --json"),
        ("leads --aws s --region r --limit 1", "--aws s --region r leads --limit 1"),
        ("leads --region=r --aws=s", "--region=r --aws=s leads"),
        ("--region r leads --aws s", "--region r --aws s leads"),
        ("deploy aws --region r", "deploy aws --region r"),
        ("cost --region r --leads-per-month 1", "cost --region r --leads-per-month 1"),
        ("show -- --aws", "show -- --aws"),
        ("leads --aws", "--aws leads"),
    ],
)
def test_global_options_come_first_wherever_they_were_written(words: str, first: str) -> None:
    assert _globals_first(words.split()) == first.split()


_PROGRAM = """
import sys
from leadline.entrypoints.cli._app import main
try:
    main()
except SystemExit as end:
    print(end.code, *sorted({name.split(".")[0] for name in sys.modules}))
"""


@pytest.mark.parametrize(
    ("words", "code", "loaded"),
    [
        (("leads",), 2, False),
        (("backup", "x", "--aws", "stack"), 2, False),
        (("leads", "--region", "r"), 2, False),
        (("leads", "--aws", "stack", "--region", ""), 2, True),
    ],
)
def test_what_speaks_to_aws_is_loaded_only_for_a_stack(
    tmp_path: Path, words: tuple[str, ...], code: int, loaded: bool
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *words],
        cwd=tmp_path, env={"AWS_CONFIG_FILE": "/dev/null"}, capture_output=True, text=True,
        timeout=60, check=True,
    )  # fmt: skip
    said, *modules = done.stdout.split()
    assert int(said) == code, done.stderr
    assert ("boto3" in modules) is loaded

"""The processes of `serve` end when their parent does, at whatever moment that is."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from leadline import wiring
from leadline.entrypoints.embedded import children
from leadline.settings.loading import load
from leadline.settings.top.general import Settings


def settings_in(folder: Path) -> Settings:
    return load({"data": folder / "data", "port": 0}, environ={}, folder=folder).settings


@pytest.mark.parametrize("module", ["http_process", "worker_process"])
def test_a_child_whose_parent_died_while_it_began_ends_too(tmp_path: Path, module: str) -> None:
    wiring.store(settings_in(tmp_path)).close()  # the parent has made the folder
    with socket.create_server(("127.0.0.1", 0)) as listener:
        arguments = [str(listener.fileno())] if module == "http_process" else ["refine"]
        with (tmp_path / "child.log").open("w") as log:
            child = children.start(
                f"leadline.entrypoints.embedded.{module}", settings_in(tmp_path), *arguments,
                keep=(listener.fileno(),), log=log,
            )  # fmt: skip
        assert child.stdin is not None
        child.stdin.close()  # as the end of the parent does
        try:
            assert child.wait(30) == 0, (tmp_path / "child.log").read_text()
        finally:
            child.kill()
            child.wait()


def test_a_worker_collects_garbage_only_after_many_new_objects() -> None:
    watched = (
        "import gc\n"
        "from leadline.entrypoints.embedded.children import collect_seldom\n"
        "collect_seldom()\n"
        "seen = []\n"
        "gc.callbacks.append(lambda phase, info: seen.append(info['generation']))\n"
        "kept = [[] for _ in range(15_000)]\n"
        "few = len(seen)\n"
        "kept += [[] for _ in range(15_000)]\n"
        "print(few, len(seen) > 0, gc.get_freeze_count() > 10_000)\n"
    )
    said = subprocess.run([sys.executable, "-c", watched], check=True, capture_output=True)
    assert said.stdout.split() == [b"0", b"True", b"True"]

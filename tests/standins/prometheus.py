"""A real Prometheus on loopback, and its tool, for tests marked `prometheus`.

`make prometheus` fetches both into `.prometheus`; those on the PATH will do as well.
"""

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

import urllib3

from tests.standins.ports import free_port

HOME = Path(__file__).parents[2] / ".prometheus/usr/bin"


def program(name: str) -> str:
    """The path of `prometheus` or `promtool`."""
    found = shutil.which(name, path=str(HOME)) or shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"{name} is missing: run `make prometheus`")
    return found


def promtool(*words: str) -> subprocess.CompletedProcess[str]:
    """Run Prometheus' tool."""
    return subprocess.run(
        [program("promtool"), *words], capture_output=True, text=True, timeout=120, check=False
    )


class Prometheus:
    """A server with this configuration, as data; *folder* is where it keeps everything."""

    def __init__(self, folder: Path, config: dict[str, Any]) -> None:
        folder.mkdir()
        (folder / "prometheus.yml").write_text(json.dumps(config))  # JSON is YAML
        self.port = free_port()
        self._folder = folder
        self._http = urllib3.PoolManager(retries=False, timeout=60)

    def __enter__(self) -> Self:
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [
                    program("prometheus"),
                    f"--config.file={self._folder / 'prometheus.yml'}",
                    f"--storage.tsdb.path={self._folder / 'data'}",
                    f"--web.listen-address=127.0.0.1:{self.port}",
                ],
                stdout=log, stderr=log, cwd=self._folder,
            )  # fmt: skip
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._http.clear()

    def ask(self, path: str, **fields: str) -> Any:
        """What the API answers as data; None if it does not answer yet."""
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}"
        try:
            answer = self._http.request("GET", url, fields=fields)
        except urllib3.exceptions.HTTPError:
            return None
        told = json.loads(answer.data) if answer.status < 500 else {"status": "starting"}
        if told["status"] == "error":
            raise AssertionError(f"{fields}: {told['error']}")
        return told.get("data")

    def query(self, expr: str) -> Sequence[dict[str, Any]]:
        """The series of an instant query."""
        found = self.ask("query", query=expr)
        return found["result"] if found else ()

    def until(self, what: Callable[[], Any], seconds: float = 60) -> Any:
        """What *what* returns as soon as that is something."""
        end = time.monotonic() + seconds
        while not (found := what()):
            if time.monotonic() > end or self._process.poll() is not None:
                raise AssertionError((self._folder / "log").read_text()[-2000:])
            time.sleep(0.2)
        return found

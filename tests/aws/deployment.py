"""A stack on the emulator, deployed by our own command as an operator would."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.standins.emulator import KEYS, REGION, Emulator

PARAMETERS: Mapping[str, str | int | bool] = {
    "Runtime": "provided.al2023",
    "Architecture": "x86_64",
    "Delay": "1s",
    "TlsOnly": False,  # the emulator speaks plain HTTP
}
"""What the emulator needs, and a delay that tests can wait for."""


class Deployment:
    """A deployed stack. *parameters* go before PARAMETERS, *settings* is the text of the
    `leadline.toml` that its functions read. *prelude* is Python that runs before the first
    deployment, in its process.

    `url` is the webhook's on the emulator, `outputs` are the stack's, `told` is everything that
    the command told.
    """

    def __init__(
        self,
        emulator: Emulator,
        folder: Path,
        *,
        stack: str = "leadline",
        parameters: Mapping[str, str | int | bool] | None = None,
        settings: str | None = None,
        prelude: str = "",
    ) -> None:
        self.emulator = emulator
        self.folder = folder
        self.stack = stack
        self.parameters = {**PARAMETERS, **(parameters or {})}
        self.url = ""
        self.outputs: dict[str, str] = {}
        self.told: dict[str, Any] = {}
        self._prelude = prelude
        self.deploy(settings=settings)
        self._prelude = ""

    def deploy(self, settings: str | None = None, **parameters: str | int | bool) -> dict[str, Any]:
        """Deploy, or deploy again with some parameters changed; what the command told."""
        self.parameters |= parameters
        params = self.folder / f"{self.stack}.params.json"
        params.write_text(json.dumps(self.parameters))
        words = ["deploy", "aws", "--yes", "--json", "--params", str(params)]
        if settings is not None:
            path = self.folder / f"{self.stack}.toml"
            path.write_text(settings)
            words += ["--settings", str(path)]
        done = self.run(*words, "--stack", self.stack)
        assert done.returncode == 0, done.stderr
        self.told = json.loads(done.stdout)
        self.url = self.told["webhook_url"]
        self.outputs = self.told["outputs"]
        return self.told

    def run(
        self, *words: str, timeout: float = 180, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run `leadline WORDS` against the emulator, with its streams as text."""
        return run_command(
            self.emulator, self.folder, *words, timeout=timeout, prelude=self._prelude,
            **environment,
        )  # fmt: skip

    def client(self, service: str, **more: Any) -> Any:
        """A boto3 client of the emulator."""
        return self.emulator.client(service, **more)


_MAIN = "\nfrom leadline.entrypoints.cli._app import main\nmain()\n"


def run_command(
    emulator: Emulator,
    folder: Path,
    *words: str,
    timeout: float = 180,
    prelude: str = "",
    **environment: str,
) -> subprocess.CompletedProcess[str]:
    """Run `leadline WORDS` in *folder* as an operator whose AWS is the emulator, after the Python
    text *prelude* in the same process."""
    program = ["-c", prelude + _MAIN] if prelude else ["-m", "leadline.entrypoints.cli"]
    return subprocess.run(
        [sys.executable, *program, *words],
        env=operator_environment(emulator) | environment, cwd=folder, timeout=timeout,
        capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip


def operator_environment(emulator: Emulator) -> dict[str, str]:
    """The environment of an operator whose AWS is the emulator, and who has set nothing else."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "LEADLINE_"))
    }
    return {
        **kept,
        **{name.upper(): value for name, value in KEYS.items()},
        "AWS_ENDPOINT_URL": emulator.endpoint,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,  # the profiles of whoever runs the tests
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_COLOR": "1",
    }

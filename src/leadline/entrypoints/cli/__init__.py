"""The command line: `leadline COMMAND`."""

from leadline.entrypoints.cli import (  # noqa: F401 - each registers its commands
    archives,
    cloud,
    cost,
    delivering,
    moving,
    operators,
    rebuilding,
    records,
    running,
    timing,
    trying,
)
from leadline.entrypoints.cli._app import app, main

__all__ = ["app", "main"]

"""The command line: `leadline COMMAND`."""

from leadline.entrypoints.cli import (  # noqa: F401 - each registers its commands
    archives,
    cloud,
    cost,
    crm,
    delivering,
    leads,
    moving,
    rebuilding,
    running,
    trying,
    waits,
)
from leadline.entrypoints.cli._app import app, main

__all__ = ["app", "main"]

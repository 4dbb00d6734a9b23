"""The command line: `leadline COMMAND`."""

from leadline.entrypoints.cli import (  # noqa: F401 - each registers its commands
    archives,
    cloud,
    cloud_status,
    cost,
    crm,
    delivering,
    leads,
    leads_verify,
    moving,
    rebuilding,
    replaying,
    running,
    status,
    tailing,
    trying,
    waits,
)
from leadline.entrypoints.cli._app import app, main

__all__ = ["app", "main"]

"""The command line: `leadline COMMAND`."""

from leadline.entrypoints.cli import (  # noqa: F401 - each registers its commands
    archives,
    cloud,
    cloud_status,
    cost,
    crm,
    delivering,
    duplicates,
    duplicates_fitting,
    inboxing,
    initializing,
    leads,
    leads_verify,
    moving,
    rebuilding,
    reconciling,
    replaying,
    running,
    sampling,
    status,
    tailing,
    trying,
    waits,
)
from leadline.entrypoints.cli._app import app, main

__all__ = ["app", "main"]

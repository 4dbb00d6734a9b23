"""`python -m bench.dashboard_server FOLDER PORT`: the process of the dashboard for a data folder,
where everybody is known as an admin."""

import socket
import sys
from pathlib import Path

from starlette.requests import HTTPConnection

from leadline.entrypoints.dashboard.app import create_app
from leadline.entrypoints.dashboard.dashboard import Dashboard
from leadline.entrypoints.dashboard.guarding.roles import KnownUser, Who
from leadline.entrypoints.dashboard.process import DashboardServer
from leadline.installations.accounts import accounts_of
from leadline.installations.embedded import Embedded
from leadline.model.staff.accounts import UserRole
from leadline.settings.loading import load


async def _door(connection: HTTPConnection) -> KnownUser:
    del connection
    return KnownUser(Who("ada", UserRole.ADMIN, "UTC"), "the-token-of-forms")


def main() -> None:
    folder = Path(sys.argv[1])
    loaded = load({"data": folder}, environ={}, folder=folder.parent)
    installation = Embedded(loaded, lambda words: None)
    app = create_app(Dashboard(installation, accounts_of(loaded.settings), door=_door))
    listener = socket.create_server(("127.0.0.1", int(sys.argv[2])))
    DashboardServer(app).run(listener)


if __name__ == "__main__":
    main()

"""Where the accounts of the dashboard are kept: beside the leads, or for a stack on AWS in a folder
of the operator."""

import os
from pathlib import Path

from leadline.ports.dashboard.accounts import Accounts
from leadline.settings.top.general import Settings


def accounts_of(settings: Settings) -> Accounts:
    """The accounts of an embedded installation. Raises ConfigurationError."""
    return accounts_in(settings.data)


def accounts_of_stack(stack: str, region: str) -> Accounts:
    """The accounts of a stack, which this machine keeps for its user. Raises ConfigurationError."""
    state = os.environ.get("XDG_STATE_HOME") or Path("~/.local/state").expanduser()
    return accounts_in(Path(state) / "leadline" / f"{stack}.{region or 'default'}")


def accounts_in(folder: Path) -> Accounts:
    """The accounts in a folder, which is made if it is missing. Raises ConfigurationError."""
    from leadline.stores.accounts.accounts import SqliteAccounts  # commands start without SQLite

    return SqliteAccounts(folder)

"""Opens what is sealed where a connection reads it.

Statements read `raw`: a temporary view of that name stands before the table, and opens its sealed
columns. Statements that write name the table itself (`main.raw`); what they forget to seal by
`bulk.insert` or the function `sealed` is noticed by a test, and what they forget to name by SQLite,
which writes to no view.
"""

from pathlib import Path
from typing import Any

import apsw

from leadline.stores.sqlite.encryption import keyring
from leadline.stores.sqlite.encryption.sealed_columns import SEALED, SealedTable
from leadline.stores.sqlite.encryption.sealing import Ring, Sealer
from leadline.stores.sqlite.queries import Queries

_sql = Queries(__name__)


class SealingConnection(apsw.Connection):
    """A connection that seals and opens personal data, if the file is encrypted (`sealer`)."""

    sealer: Sealer | None = None


def teach_plain(db: apsw.Connection) -> None:
    """Give a connection the functions of statements that write, for a file without encryption."""
    teach(db, "sealed", _unchanged, 3)
    teach(db, "kept_sum", _unchanged, 1)


def _unchanged(value: Any, *_of: Any) -> Any:
    return value


def teach(db: apsw.Connection, name: str, function: Any, values: int) -> None:
    """Give a connection a function of so many values."""
    db.create_scalar_function(name, function, values)


def open_sealed(db: SealingConnection, folder: Path) -> None:
    """Let a connection seal and open values if its file is encrypted; call it anew when that began.

    Raises ConfigurationError if the master key is missing or another one."""
    state = keyring.encryption_state(db)
    if not state.is_sealed:
        teach_plain(db)
        return

    def reload() -> Ring:
        return keyring.ring_of(db, folder, again=True)

    sealer = db.sealer = Sealer(keyring.ring_of(db, folder), reload)
    teach(db, "sealed", sealer.seal, 3)
    teach(db, "kept_sum", sealer.kept_sum, 1)
    teach(db, "opened", sealer.open, 3)
    teach(db, "opened_sum", sealer.opened_sum, 4)
    for table in SEALED:
        db.execute(_sql.view.format(table=table.name, columns=", ".join(_columns(db, table))))


def _columns(db: apsw.Connection, table: SealedTable) -> list[str]:
    sums = {kept: column for column, kept in table.columns.items() if kept}
    found = []
    for _, name, *_ in db.pragma("table_info", table.name, schema="main"):
        if name in table.columns:
            words = f"opened({name}, '{table.name}.{name}', {table.row}) AS {name}"
        elif name in sums:
            of = sums[name]
            words = f"opened_sum({name}, {of}, '{table.name}.{of}', {table.row}) AS {name}"
        else:
            words = name
        found.append(words)
    return found


def refresh(db: SealingConnection) -> None:
    """Notice, in a transaction, that another process has made a new data key, or has begun
    to open all values for good: what is written now is sealed as it is to be."""
    if (sealer := db.sealer) is None:
        return
    state = keyring.encryption_state(db)
    ring, is_mixed = sealer.ring, state.all_under is None
    if (state.current, is_mixed) != (ring.current, ring.is_mixed):
        if state.current and state.current not in ring.keys:
            ring = sealer.renewed()
        sealer.use(ring._replace(current=state.current, is_mixed=is_mixed))

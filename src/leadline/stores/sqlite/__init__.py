"""The embedded store: one SQLite file for everything."""

from leadline.stores.sqlite.store import SqliteStore

__all__ = ["SqliteStore"]

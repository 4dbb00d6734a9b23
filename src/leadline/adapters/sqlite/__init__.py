"""The embedded store: one SQLite file for everything."""

from leadline.adapters.sqlite.store import SqliteStore

__all__ = ["SqliteStore"]

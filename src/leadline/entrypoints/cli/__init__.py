"""The command line: `leadline COMMAND`."""

from typing import TYPE_CHECKING, Any

from leadline.entrypoints.cli._app import main

if TYPE_CHECKING:
    from leadline.entrypoints.cli._app import app

__all__ = ["app", "main"]


def __getattr__(name: str) -> Any:
    """`app`, with every command loaded: `main` loads only the one that it runs."""
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from leadline.entrypoints.cli import _app, _commands, _help

    _help.registered(*_commands.COMMANDS)
    globals()[name] = _app.app
    return _app.app

"""Values within JSON, by the paths that settings give."""

from typing import Any


def placed(value: Any, path: str) -> Any:
    """The value at a JSON Pointer (RFC 6901: `/a/0/b`) or a dotted path (`a.0.b`, or a name that
    has dots itself); None if there is none."""
    if path.startswith("/"):
        parts = [p.replace("~1", "/").replace("~0", "~") for p in path[1:].split("/")]
    else:
        if isinstance(value, dict) and path in value:
            return value[path]
        parts = path.split(".")
    for part in parts:
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value

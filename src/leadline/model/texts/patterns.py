"""Regular expressions that are compiled when they are first used.

Compiling takes 0.1 to 3 ms for one, and most of the hundred that a function on AWS loads are for
rare text: of an ordinary lead a third is used.
"""

import re
from typing import Any, cast, overload

_METHODS = ("search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer")


@overload
def late(pattern: str, flags: int = 0) -> re.Pattern[str]: ...
@overload
def late(pattern: bytes, flags: int = 0) -> re.Pattern[bytes]: ...
def late(pattern: Any, flags: int = 0) -> re.Pattern[Any]:
    """The same as `re.compile`, but compiled at the first call of a method or look at an attribute,
    which raises `re.error` if it is no regular expression.

    It has everything that a pattern has, but the functions of `re` do not take it.
    """
    return cast(re.Pattern[Any], _Late(pattern, flags))


class _Late:
    """The methods are slots that are empty until the first use, so later calls cost as much as
    those of a pattern."""

    __slots__ = ("_written", *_METHODS)

    def __init__(self, pattern: Any, flags: int) -> None:
        self._written = pattern, flags

    def __getattr__(self, name: str) -> Any:
        """Called for an empty slot, and for what is no slot."""
        compiled = re.compile(*self._written)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)

"""The answer of a server."""

from collections.abc import Mapping

import msgspec


class HttpReply(msgspec.Struct, frozen=True):
    """An answer; names of `headers` are in lower case. `whole` is false if the body was longer than
    the limit and was cut."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    whole: bool = True

"""What a server answered."""

from collections.abc import Mapping

import msgspec


class HttpReply(msgspec.Struct, frozen=True):
    """An answer: names of `headers` in lower case; `whole` is whether the body ended within the
    number of bytes that were to be read."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    whole: bool = True

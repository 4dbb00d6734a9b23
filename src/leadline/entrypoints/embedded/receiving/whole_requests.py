"""Requests with an `Upgrade` header, and senders that half-close the connection.

A server may ignore `Upgrade` (RFC 9110, section 7.8) and must then read the body; a sender that has
sent its request may close its half of the connection and still read the answer. Nothing here runs
for other requests.
"""

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from leadline.model.errors import LeadlineError, Malformed


class WholeRequests(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 protocol, which by itself does not read the body of a request with
    `Upgrade`, and closes a half-closed connection before the answer."""

    def refuse(self, error: LeadlineError) -> None:
        """Answer the arriving request with *error* and close the connection."""
        raise NotImplementedError

    def _should_upgrade(self) -> bool:
        """Whether uvicorn must not start the application yet, because the request is parsed again
        without the header. CONNECT upgrades by its method and is answered like any other."""
        return self.scope["method"] != "CONNECT"

    def read_without_offers(self, data: bytes, offer: httptools.HttpParserUpgrade | None) -> None:
        """Parse requests with `Upgrade` in *data* again, without that header.

        The parser stops after the head of such a request, takes the body for the other protocol,
        and cannot be used any more; *offer* tells how far it parsed. Raises HttpParserError.
        """
        while offer is not None and self._should_upgrade():
            head, data = self._head_without_offer(), data[offer.args[0] :]
            self.parser = httptools.HttpRequestParser(self)
            self.parser.feed_data(head)
            try:
                self.parser.feed_data(data)
                offer = None
            except httptools.HttpParserUpgrade as another:
                offer = another

    def _head_without_offer(self) -> bytes:
        method, version = self.scope["method"].encode(), self.scope["http_version"].encode()
        lines = [b"%b %b HTTP/%b\r\n" % (method, self.url, version)]
        fields = self.scope["headers"]
        lines += [b"%b: %b\r\n" % field for field in fields if field[0] != b"upgrade"]
        return b"".join((*lines, b"\r\n"))

    def eof_received(self) -> bool:  # type: ignore[override]
        """Handle a half-closed connection: answer its complete requests, the last one with
        `Connection: close`. True keeps the transport open for that."""
        newest = self.cycle  # of the newest request with a complete head
        if newest is None or newest.response_complete:
            return False
        if newest.more_body:
            self.refuse(Malformed("the request ended before its body did"))
        newest.keep_alive = False
        return True

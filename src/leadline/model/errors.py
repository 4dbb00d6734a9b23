"""Errors with messages for senders and users; each has the HTTP status that a sender gets."""


class LeadlineError(Exception):
    """The base of all errors of Leadline. `detail` is safe to show to a sender."""

    status = 500
    title = "Leadline could not do this"
    retry_after: int | None = None
    challenge: str = ""
    """The value of `WWW-Authenticate` in the answer; "" for none."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.title)
        self.detail = detail


class Unreadable(LeadlineError):
    """The body is not valid for its content type. It is stored as a dead letter if the sender was
    authenticated or the settings say so; else nothing was stored, and the sender must fix it."""

    status = 400
    title = "The body can't be read"


class Malformed(LeadlineError):
    """The request is not valid HTTP, or two parsers could read it differently."""

    status = 400
    title = "The request is not valid HTTP"


class Unauthentic(LeadlineError):
    """The signature, secret or timestamp is wrong or missing. Nothing was stored."""

    status = 401
    title = "The delivery could not be authenticated"


class TokenRefused(Unauthentic):
    """The access token is missing, or is none that counts here. Nothing was stored."""

    title = "The access token is not accepted"
    challenge = 'Bearer error="invalid_token"'


class UnknownSource(LeadlineError):
    """There is no source with this name; the URL is wrong."""

    status = 404
    title = "There is no such source"


class TooSlow(LeadlineError):
    """The sender took too long to send its request."""

    status = 408
    title = "The request took too long to arrive"


class TooLarge(LeadlineError):
    """The body is larger than `max_body`. Nothing was stored."""

    status = 413
    title = "The body is too large"


class TargetTooLong(LeadlineError):
    """The path and query are longer than the limit."""

    status = 414
    title = "The URL is too long"


class TooManyEvents(LeadlineError):
    """The delivery contains more events than `max_events`. Nothing was stored."""

    status = 413
    title = "The delivery holds too many events"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"it holds more than {limit} events, which is the limit; send fewer in one delivery"
        )


class TooMuchToStore(LeadlineError):
    """The events of the delivery are too large together (`max_stored`). Nothing was stored.

    *stored* is the total size of the events when it exceeded *limit*, and *body* the size of the
    body, all in bytes.
    """

    status = 413
    title = "The delivery would take up too much storage"

    def __init__(self, stored: int, limit: int, body: int) -> None:
        super().__init__(
            f"its events would take up {stored} bytes or more, from a body of {body} bytes; "
            f"the limit is {limit} bytes; send fewer records in one delivery"
        )


class UnsupportedMedia(LeadlineError):
    """The source does not accept this content type."""

    status = 415
    title = "This content type is not supported here"


class Overloaded(LeadlineError):
    """Too many deliveries wait to be written (`max_waiting`). The sender should retry."""

    status = 429
    title = "Too many deliveries at once"
    retry_after = 1


class TooMuchUnreadable(LeadlineError):
    """An unreadable delivery of an unauthenticated sender exceeds the source's quota."""

    status = 429
    title = "Too many deliveries that can't be read"
    retry_after = 60


class HeadersTooLarge(LeadlineError):
    """The header fields are too many or too long."""

    status = 431
    title = "The header fields are too large"


class NotReady(LeadlineError):
    """The store is being opened or closed. The sender should retry."""

    status = 503
    title = "Not ready yet"
    retry_after = 1


class StorageFull(LeadlineError):
    """The disk is full. Nothing of this delivery was stored; accepted deliveries are safe."""

    status = 503
    title = "The storage is full"
    retry_after = 30


class StorageFailed(LeadlineError):
    """The store failed for another reason. Nothing of this delivery was stored."""

    status = 503
    title = "The storage does not answer"
    retry_after = 5


class SyncFailed(StorageFailed):
    """A sync of the database failed; no delivery is accepted until the file is repaired."""

    title = "The disk failed to keep the data"

    def __init__(self, detail: str = "") -> None:
        super().__init__(
            "a sync of the database failed; its log is kept, and `leadline serve` mends the file "
            "from it when it starts" + (f", but {detail}" if detail else "")
        )


class KeysUnavailable(LeadlineError):
    """The issuer's keys can't be had, so nobody knows whether the access token is genuine. Nothing
    was stored; the sender should retry after *seconds*."""

    status = 503
    title = "The keys of the token's issuer can't be had"

    def __init__(self, detail: str, seconds: int = 10) -> None:
        super().__init__(detail)
        self.retry_after = seconds


class NotUnderstood(LeadlineError):
    """The event was stored but contains no fields of a lead; it becomes a dead letter."""

    title = "No lead could be found in this event"


class ConfigurationError(LeadlineError):
    """A setting is wrong; the message names it, its origin and the allowed values."""

    title = "The settings are wrong"

"""Errors that speak to whoever must act; each knows the HTTP status that a sender gets."""


class LeadlineError(Exception):
    """Something that Leadline can name. `detail` is safe to show to a sender."""

    status = 500
    title = "Leadline could not do this"
    retry_after: int | None = None

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.title)
        self.detail = detail


class Unreadable(LeadlineError):
    """The body is not what its content type says; nothing was kept, the sender must mend it."""

    status = 400
    title = "The body can't be read"


class Malformed(LeadlineError):
    """The request is no HTTP, or two readers of it could understand two things."""

    status = 400
    title = "The request is not valid HTTP"


class Unauthentic(LeadlineError):
    """The signature, secret or time stamp does not fit; nothing was kept."""

    status = 401
    title = "The delivery could not be authenticated"


class UnknownSource(LeadlineError):
    """No source of this name; the URL is wrong."""

    status = 404
    title = "There is no such source"


class TooSlow(LeadlineError):
    """The sender took too long to send its request."""

    status = 408
    title = "The request took too long to arrive"


class TooLarge(LeadlineError):
    """The body is larger than the limit; nothing was kept."""

    status = 413
    title = "The body is too large"


class TargetTooLong(LeadlineError):
    """The path and query are longer than the limit."""

    status = 414
    title = "The URL is too long"


class TooManyEvents(LeadlineError):
    """The delivery consists of more events than are taken at once; nothing was kept."""

    status = 413
    title = "The delivery holds too many events"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"it holds more than {limit} events, which is the limit; send fewer in one delivery"
        )


class TooMuchToStore(LeadlineError):
    """The events of the delivery repeat so much that it would grow on the disk; nothing was kept.

    All three are bytes: what the events came to when they went over the *limit*, and the *body*.
    """

    status = 413
    title = "The delivery would take up too much storage"

    def __init__(self, stored: int, limit: int, body: int) -> None:
        super().__init__(
            f"its events would take up {stored} bytes or more, from a body of {body} bytes; "
            f"the limit is {limit} bytes; send fewer records in one delivery"
        )


class UnsupportedMedia(LeadlineError):
    """The source does not speak this content type."""

    status = 415
    title = "This content type is not supported here"


class Overloaded(LeadlineError):
    """More is waiting for the disk than we hold in memory; the sender should come back."""

    status = 429
    title = "Too many deliveries at once"
    retry_after = 1


class HeadersTooLarge(LeadlineError):
    """The header fields are too many or too long."""

    status = 431
    title = "The header fields are too large"


class NotReady(LeadlineError):
    """The store is being opened or closed; the sender should come back."""

    status = 503
    title = "Not ready yet"
    retry_after = 1


class StorageFull(LeadlineError):
    """The disk takes no more; nothing of this delivery was kept, what was accepted is safe."""

    status = 503
    title = "The storage is full"
    retry_after = 30


class StorageFailed(LeadlineError):
    """The store refused for another reason; nothing of this delivery was kept."""

    status = 503
    title = "The storage does not answer"
    retry_after = 5


class NotUnderstood(LeadlineError):
    """The event was kept but says nothing that makes a lead; it becomes a dead letter."""

    title = "No lead could be found in this event"


class ConfigurationError(LeadlineError):
    """A setting is wrong; the text names it, where it stands and what is allowed."""

    title = "The settings are wrong"

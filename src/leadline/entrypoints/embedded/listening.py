"""The listening sockets of `serve`, which its children inherit: for webhooks, metrics, and the
dashboard."""

import logging
import socket

from leadline.model.errors import ConfigurationError
from leadline.settings.top.general import Settings

log = logging.getLogger(__name__)


def bind_metrics(address: str, port_of_webhooks: int) -> socket.socket:
    """A listening socket for `/metrics` alone; raises ConfigurationError if it cannot be bound, or
    has the port of webhooks."""
    host, _, port = address.rpartition(":")
    mend = "choose another address with metrics_listen"
    listener = bind(host.strip("[]"), int(port), mend)
    if listener.getsockname()[1] == port_of_webhooks:
        # The server tells the two apart by the port of a connection.
        listener.close()
        raise ConfigurationError(f"metrics_listen must have another port than {port_of_webhooks}")
    return listener


def bind_dashboard(settings: Settings, port: int | None = None) -> socket.socket:
    """A listening socket for the dashboard, at the port of the settings or another. Raises
    ConfigurationError if it cannot be bound."""
    port = settings.dashboard_port if port is None else port
    return bind(settings.dashboard_host, port, "choose another port in [dashboard]")


def bind_dashboard_or_warn(settings: Settings, port: int | None) -> socket.socket | None:
    """See `bind_dashboard`. None if the settings want no dashboard, or, with a warning, if it
    cannot be bound: leads are taken without it."""
    if not settings.dashboard_port:
        return None
    try:
        return bind_dashboard(settings, port)
    except ConfigurationError as error:
        log.warning("dashboard.not_served", extra={"reason": error.detail})
        return None


def bind(host: str, port: int, mend: str) -> socket.socket:
    """A listening socket that children can inherit. Raises ConfigurationError, which ends with
    *mend*, if the address cannot be used."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
        listener.set_inheritable(True)
    except OSError as error:
        raise ConfigurationError(
            f"can't listen on {host}:{port} ({error.strerror or error}); {mend}"
        ) from error
    return listener

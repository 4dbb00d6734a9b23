"""The check of `status` and `doctor` whether the dashboard of a running server answers."""

import socket
from urllib.parse import urlsplit

from leadline.entrypoints.embedded.watching.exposure import is_loopback
from leadline.installations.data_folder import is_served
from leadline.settings.top.dashboard import dashboard_faults, dashboard_url, local_dashboard_url
from leadline.settings.top.general import Settings

_WHAT = "dashboard"
_PATIENCE_S = 2.0
_QUESTION = b"GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
_ANSWER = b'"alive"}'
_MOST = 10_000


def check_dashboard(settings: Settings) -> list[tuple[str, str, str]]:
    """Whether the dashboard can be reached with these settings, and answers if a server runs. That
    it does not answer is no more than a note: leads are taken without it."""
    if not settings.dashboard_port:
        return []
    faults = [("WRONG", _WHAT, words) for words in dashboard_faults(settings)]
    if faults or not is_served(settings.data):
        return faults
    url = dashboard_url(settings, settings.dashboard_port)
    if _answers(settings):
        return [("ok", _WHAT, f"serves {url}")]
    here = local_dashboard_url(settings, settings.dashboard_port)
    words = f"does not answer at {here}; the log says why, or that its port is taken"
    return [("note", _WHAT, words)]


def check_dashboard_tls(settings: Settings) -> list[tuple[str, str, str]]:
    """A note if others on the way may read what browsers and the dashboard say to each other."""
    url = settings.dashboard_url if settings.dashboard_port else ""
    parts = urlsplit(url)
    if parts.scheme != "http" or is_loopback(parts.hostname or ""):
        return []
    words = f"{url} is without TLS: passwords, sessions and leads can be read on the way"
    return [("note", _WHAT, words)]


def _answers(settings: Settings) -> bool:
    place = urlsplit(local_dashboard_url(settings, settings.dashboard_port))
    try:
        with socket.create_connection(
            (place.hostname, settings.dashboard_port), _PATIENCE_S
        ) as connection:
            connection.sendall(_QUESTION)
            read = b""
            while _ANSWER not in read and len(read) < _MOST and (part := connection.recv(4096)):
                read += part
    except OSError:
        return False
    return _ANSWER in read

"""Notes what was sent and answered (`ports.store_parts.exchanges`), without secrets."""

import base64
from collections.abc import Iterable
from urllib.parse import quote, urlsplit

import msgspec

from leadline.model.monitoring.attempts import MOST_ANSWER, MOST_SENT, Exchange
from leadline.model.texts.patterns import late
from leadline.net.client import NoReply, unpacked
from leadline.net.reply import HttpReply
from leadline.ports.store_parts.exchanges import is_heard, note_exchange

_SHORTEST = 4
_MOST_LOOKED_AT = 256 << 10
# What a name says is a secret, in JSON or a form, however it is known to who sends it.
_NAMED = late(
    r'(?i)("(?:[a-z_-]*(?:password|passwd|secret|token|api_?key|routing_key|authorization))"'
    r'\s*:\s*")(?:[^"\\]|\\.)*'
    r"|((?:^|[&?])[a-z_-]*(?:password|secret|token|api_?key|appsecret_proof)=)[^&\s]*"
)


def note_request(
    method: str,
    url: str,
    body: bytes | None,
    reply: HttpReply | NoReply,
    secrets: Iterable[str] = (),
    *,
    shows_path: bool,
) -> None:
    """Note an HTTP request and its answer; of the URL neither user nor query is kept, and its path
    only if it *shows_path*."""
    if not is_heard():
        return
    hidden = [*secrets, urlsplit(url).password or "", urlsplit(url).query]
    sent, cut = _shown(body or b"", hidden, MOST_SENT)
    where = _place(url, hidden, shows_path=shows_path)
    if isinstance(reply, NoReply):
        note_exchange(Exchange(method, where, sent, failure=reply.reason, cut=cut))
        return
    answer, answer_cut = _shown(_plain(reply), hidden, MOST_ANSWER)
    cut = cut or answer_cut or not reply.whole
    note_exchange(Exchange(method, where, sent, answer, reply.status, cut=cut))


def note_message(
    method: str, to: str, body: bytes, *, code: int | None = None, answer: str = "", why: str = ""
) -> None:
    """Note a message that was not sent by HTTP of ours; *why* it failed, if it did."""
    if is_heard():
        sent, cut = _shown(body, (), MOST_SENT)
        note_exchange(Exchange(method, to, sent, answer[:MOST_ANSWER], code, why, cut))


def _place(url: str, secrets: Iterable[str], *, shows_path: bool) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    if not shows_path:
        return f"{parts.scheme}://{host}/…"
    return _without(f"{parts.scheme}://{host}{parts.path}{'?…' if parts.query else ''}", secrets)


def _plain(reply: HttpReply) -> bytes:
    if reply.headers.get("content-encoding", "").lower() not in ("gzip", "x-gzip"):
        return reply.body
    try:
        return unpacked(reply.body, _MOST_LOOKED_AT)[0]
    except ValueError:
        return b""


def _shown(body: bytes, secrets: Iterable[str], most: int) -> tuple[str, bool]:
    """At most *most* bytes of a text without secrets, and whether that is not all of it."""
    text = _without(body[:_MOST_LOOKED_AT].decode(errors="replace"), secrets)
    kept = text.encode(errors="replace")
    shown = kept[:most].decode(errors="ignore") if len(kept) > most else text
    return shown, len(kept) > most or len(body) > _MOST_LOOKED_AT


def _without(text: str, secrets: Iterable[str]) -> str:
    """The text without these secrets, in any form that a request may have them, and without what
    stands under the name of a secret."""
    forms = {form for secret in secrets if len(secret) >= _SHORTEST for form in _forms(secret)}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, "…")
    return _NAMED.sub(lambda found: f"{found[1] or found[2]}…", text)


def _forms(secret: str) -> Iterable[str]:
    words = secret.rpartition(" ")[2] if " " in secret else secret
    for one in {secret, words}:
        if len(one) >= _SHORTEST:
            yield from (one, quote(one, safe=""), msgspec.json.encode(one).decode()[1:-1])
            yield base64.b64encode(one.encode()).decode().rstrip("=")

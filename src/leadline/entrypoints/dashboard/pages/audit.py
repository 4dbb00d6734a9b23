"""AUDIT: who did what, and whether nothing was taken out of it."""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import closing

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from leadline.entrypoints.dashboard.addresses.audit_query import (
    SIZE,
    AuditQuery,
    audit_query,
    entries_of,
)
from leadline.entrypoints.dashboard.dashboard import dashboard_of
from leadline.entrypoints.dashboard.guarding.roles import who_asks
from leadline.entrypoints.dashboard.showing.exporting import stream
from leadline.entrypoints.dashboard.showing.rendering import render_page
from leadline.installations.erased import privacy_key_of
from leadline.model.errors import ConfigurationError
from leadline.model.personal_data.privacy import AuditCut, ChainedEntry
from leadline.ports.installation import Installation
from leadline.privacy.chain import (
    AuditCheck,
    Head,
    audit_line,
    check_chain,
    head_before,
    head_of,
)
from leadline.privacy.hashes import PrivacyKey


class AuditPage(msgspec.Struct, frozen=True):
    """Entries, newest first; whether there are older ones; the head of the log, and what was cut
    before its first entry."""

    entries: Sequence[ChainedEntry]
    has_older: bool
    head: Head | None
    cut: AuditCut | None


class AuditVerified(msgspec.Struct, frozen=True):
    """The result of a check, and why the signature of the cut was not checked ("": it was, or
    nothing was cut)."""

    check: AuditCheck
    cut_unchecked: str = ""


async def audit_page(request: Request) -> Response:
    """The page."""
    query = _query_of(request)
    found = await run_in_threadpool(_look, dashboard_of(request).installation, query)
    return render_page(
        request, "audit.html", query=query, found=found, verified=None, head="", fault=""
    )


async def audit_verify(request: Request) -> Response:
    """The page with the result of a check, against a head that was told before if one is given."""
    query, head, fault = _query_of(request), request.query_params.get("head", "")[:200], ""
    installation = dashboard_of(request).installation
    told: list[Head] = []
    try:
        told = [head_of(head)] if head.strip() else []
    except ConfigurationError:
        fault = "This is no head; write it as it was shown, such as 12:9f86…"
    verified = None if fault else await run_in_threadpool(_verified, installation, told)
    found = await run_in_threadpool(_look, installation, query)
    return render_page(
        request, "audit.html", title="Audit", query=query, found=found, verified=verified,
        head=head, fault=fault,
    )  # fmt: skip


async def audit_export(request: Request) -> Response:
    """All entries that match as lines of JSON with their hashes, oldest first."""
    query, dashboard = _query_of(request), dashboard_of(request)
    query = msgspec.structs.replace(query, before=None)

    def lines() -> Iterator[bytes]:
        entries = dashboard.installation.audit().entries(query.since)
        yield from (audit_line(one) + b"\n" for one in entries_of(query, entries))

    return await stream(request, "audit", "jsonl", lines())


def _query_of(request: Request) -> AuditQuery:
    return audit_query(dict(request.query_params), who_asks(request).zone)


def _look(installation: Installation, query: AuditQuery) -> AuditPage:
    log = installation.audit()
    found = deque(entries_of(query, log.entries(query.since)), SIZE + 1)
    cut = log.cut()
    newest = tuple(reversed(found))
    return AuditPage(newest[:SIZE], len(found) > SIZE, head_before(log.head(), cut), cut)


def _verified(installation: Installation, told: Sequence[Head]) -> AuditVerified:
    log = installation.audit()
    cut = log.cut()
    key, why_not = _key(installation) if cut is not None else (None, "")
    return AuditVerified(check_chain(log.entries(), cut, told, key), why_not)


def _key(installation: Installation) -> tuple[PrivacyKey | None, str]:
    """The key with which cuts are signed; None, and why, if it is not here."""
    try:
        with closing(installation.store()) as store:
            return privacy_key_of(installation, store), ""
    except ConfigurationError as error:
        return None, error.detail

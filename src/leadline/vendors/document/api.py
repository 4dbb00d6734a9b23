"""Records as JSON documents, each in its own file or at its own URL: `url` with a placeholder.

`{record}` stands for a record's name as in the source (`contact:123`), `{lead_id}` for the id in it
(`123`). An object store that does not allow listing answers 403 for a missing object (Amazon S3
docs, "GetObject": without s3:ListBucket), so 403 and 404 both mean that the document does not exist
yet. `token` is sent as a bearer token, if it is set.
"""

import os
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from leadline.model.errors import ConfigurationError
from leadline.model.lead import LeadFields
from leadline.model.staff.people import Person
from leadline.model.texts.json_places import placed
from leadline.net.deadline import within
from leadline.ports.crm import Carried, CrmChange, CrmRecord, NotYet, Page, Written
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.settings.connected.crm_kinds import DocumentConfig
from leadline.vendors._api import records as shared
from leadline.vendors._api.authorize import Fixed
from leadline.vendors._api.client import Client, CrmReply, quoted, refusal
from leadline.vendors._reader.guess import guessed
from leadline.vendors._webhooks.fields import text

_PLACEHOLDERS = ("{record}", "{lead_id}")
_MOST_BYTES = 8 << 20
# Where the owner is: at the top level, or in `lead_details` of a document that Leadline refined. An
# owner in `raw_data` is the sender's text, and counts only if `[crm.NAME.read]` maps it.
_PARTS = ("", "lead_details.")
_OWNER_IDS = ("owner_id", "lead_owner_id", "assigned_to_id", "owner.id", "assigned_to.id")
_OWNER_NAMES = (
    "owner_name", "owner.name", "lead_owner", "assigned_owner", "assigned_to.name", "owner",
    "assigned_to",
)  # fmt: skip
_OWNER_EMAILS = ("owner_email", "lead_owner_email", "owner.email", "assigned_to.email")


_BOOKS = frozenset({*_OWNER_IDS, *_OWNER_NAMES, *_OWNER_EMAILS, "lead_id", "processed_at"})


class _Gone(msgspec.Struct, frozen=True):
    """The document does not exist, or access is denied."""


class _Document(msgspec.Struct, frozen=True):
    value: dict[str, Any]
    modified: datetime | None = None
    version: str = ""


class DocumentCrm:
    """Reads documents, and writes by replacing whole documents (PUT, or an atomic file write)."""

    batch = 20
    knows_owners = True

    def __init__(self, config: DocumentConfig) -> None:
        if not any(name in config.url for name in _PLACEHOLDERS):
            raise ConfigurationError(f"url must contain one of {', '.join(_PLACEHOLDERS)}")
        self._config = config
        where = urlsplit(config.url)
        self._store: _Files | _Pages
        if where.scheme == "file":
            self._store = _Files(config.url)
        elif where.netloc and "{" not in where.netloc:
            self._store = _Pages(config)
        else:
            raise ConfigurationError("the placeholder in url must come after the host")

    def read(
        self, records: Sequence[str]
    ) -> Mapping[str, CrmRecord | NotYet | Refused] | Busy | Unreachable | Refused:
        """See `Crm.read`; one document per request."""
        answers: dict[str, CrmRecord | NotYet | Refused] = {}
        with within(shared.WHOLE_PATIENCE):
            for name in records:
                told = self._store.get(name)
                if isinstance(told, Busy | Unreachable):
                    return told
                if isinstance(told, Refused) and told.reason == "crm.unauthorized":
                    return told
                answers[name] = (
                    told
                    if isinstance(told, Refused)
                    else self._record(name, told)
                    if isinstance(told, _Document)
                    else NotYet()
                )
        return answers

    def write(
        self, changes: Sequence[CrmChange]
    ) -> Mapping[str, Carried] | Busy | Unreachable | Refused:
        """See `Crm.write`; the values replace top-level values of the same names. Over HTTP,
        `If-Match` protects concurrent changes if the server sends ETags."""
        with within(shared.WHOLE_PATIENCE):
            return shared.each_written(changes, self._write)

    def owner_value(self, owner: Person) -> Mapping[str, Any] | None:
        """See `Crm.owner_value`."""
        email = owner.email.lower()
        told = {"owner": owner.name, "owner_email": email, "owner_id": owner.id}
        return {name: value for name, value in told.items() if value} or None

    def since(self, at: datetime, after: str = "") -> Page | Busy | Unreachable | Refused:
        """See `Crm.since`; always refused, because documents can't be listed by time."""
        return Refused("crm.no_list", "documents can't be searched by their time")

    def _record(self, name: str, document: _Document) -> CrmRecord:
        value = document.value
        fields, owner = _lead_fields(value, shared.placing(self._config)), _owner(value)
        record = CrmRecord(
            record=name,
            fields=msgspec.structs.replace(
                shared.with_named_owner(fields, owner, _BOOKS), record=name
            ),
            owner=owner,
            modified=document.modified,
            values=value,
        )
        words = [_first_text(value, ("status", "stage"))]
        return shared.settled(self._config, record, words, {})

    def _write(self, change: CrmChange) -> Carried:
        told = self._store.get(change.record)
        if isinstance(told, _Gone):
            return NotYet()
        if not isinstance(told, _Document):
            return told
        value = {**told.value, **change.values}
        if value == told.value:
            return Written(told.modified)
        return self._store.put(change.record, value, told.version)


class _Files:
    """Documents in a folder of this machine."""

    def __init__(self, url: str) -> None:
        self._template = unquote(urlsplit(url).path)

    def get(self, name: str) -> _Document | _Gone | Refused | Unreachable:
        path = Path(_filled(self._template, name))
        try:
            with path.open("rb") as file:
                body = file.read(_MOST_BYTES + 1)
                modified = datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, UTC)
        except FileNotFoundError:
            return _Gone()
        except PermissionError:
            return Refused("crm.forbidden", "the file may not be read")
        except OSError as error:
            return Unreachable(f"crm.{type(error).__name__}")
        if len(body) > _MOST_BYTES:
            return Refused("crm.too_large", f"the document is larger than {_MOST_BYTES >> 20} MiB")
        try:
            value = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            # Somebody may be writing the file; it may be complete at the next attempt.
            return Unreachable("crm.broken_json")
        return _document(value, modified, "")

    def put(self, name: str, value: Mapping[str, Any], version: str) -> Written | Refused:
        path = Path(_filled(self._template, name))
        try:
            _replace(path, msgspec.json.encode(value))
            return Written(datetime.fromtimestamp(path.stat().st_mtime, UTC))
        except OSError as error:
            return Refused(f"crm.{type(error).__name__}", "the file can't be written")


class _Pages:
    """Documents at URLs."""

    def __init__(self, config: DocumentConfig) -> None:
        scheme, host, *_ = urlsplit(config.url)
        who = {"authorization": f"Bearer {config.token}"} if config.token else {}
        # The template of the path may have a key in it.
        base = f"{scheme}://{host}"
        self._client = Client(base, config.timeout, Fixed(who), shows_path=False)
        self._template = config.url.removeprefix(f"{scheme}://{host}")

    def get(self, name: str) -> _Document | _Gone | Busy | Unreachable | Refused:
        reply = self._client.call("GET", _filled(self._template, name))
        if not isinstance(reply, CrmReply):
            return reply
        if reply.status in (403, 404, 410):
            return _Gone()
        if not reply.well:
            return refusal(reply)
        modified = shared.http_moment_of(reply.headers.get("last-modified"))
        return _document(reply.body, modified, reply.headers.get("etag", ""))

    def put(
        self, name: str, value: Mapping[str, Any], version: str
    ) -> Written | NotYet | Busy | Unreachable | Refused:
        reply = self._client.call(
            "PUT",
            _filled(self._template, name),
            json=value,
            headers={"if-match": version} if version else {},
        )
        if not isinstance(reply, CrmReply):
            return reply
        if reply.status in (409, 412):
            return Unreachable("crm.modified_meanwhile")
        if reply.status in (404, 410):
            return NotYet()
        return Written() if reply.well else refusal(reply)


def _replace(path: Path, body: bytes) -> None:
    """Replace the content of a file atomically."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        new = Path(file.name)
        try:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
            new.chmod(path.stat().st_mode)
            new.replace(path)
        except BaseException:
            new.unlink(missing_ok=True)
            raise


def _filled(template: str, name: str) -> str:
    """The template with the record's name, quoted so that it can't lead to another folder."""
    for placeholder, part in (("{record}", name), ("{lead_id}", name.rpartition(":")[2])):
        template = template.replace(placeholder, _safe(part))
    return template


def _safe(part: str) -> str:
    return quoted(part).replace(".", "%2E") if set(part) <= {"."} else quoted(part)


def _document(value: Any, modified: datetime | None, version: str) -> _Document | Refused:
    if not isinstance(value, dict):
        return Refused("crm.unexpected_answer", "the document is not a JSON object")
    return _Document(value, modified, version)


def _lead_fields(value: Mapping[str, Any], mapping: Mapping[str, str]) -> LeadFields:
    """The fields of the lead; documents of Leadline have them under known names."""
    contact, details = value.get("contact"), value.get("lead_details")
    if isinstance(contact, dict) and isinstance(details, dict):
        return guessed({**contact, **details}, mapping)
    inner = value.get("raw_data")
    if not isinstance(inner, dict):
        return guessed(dict(value), mapping)
    fields = guessed(inner, mapping)
    return msgspec.structs.replace(fields, owner=None, owner_claimed=fields.owner)


def _owner(value: Mapping[str, Any]) -> Person | None:
    """The owner; a name with an @ is an e-mail address."""
    number = _first_text(value, _OWNER_IDS)
    name, email = _first_text(value, _OWNER_NAMES), _first_text(value, _OWNER_EMAILS)
    if "@" in name:
        name, email = "", email or name
    return Person(id=number, name=name, email=email) if number or name or email else None


def _first_text(value: Mapping[str, Any], names: Sequence[str]) -> str:
    paths = (part + name for part in _PARTS for name in names)
    return next((found for path in paths if (found := text(placed(value, path)))), "")


CRM = DocumentCrm

"""Everything that the archive and the table hold of each event in the words of people."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import msgspec

from leadline.model.batches import batched
from leadline.model.formats import from_iso, key_of
from leadline.model.handling import UNHANDLED, Handling
from leadline.model.lead import RefinedLead
from leadline.ports.personal_data.erasing import HeldTexts
from leadline.stores.aws.capture.days import days_between
from leadline.stores.aws.capture.documents import StoredEvent, read_document
from leadline.stores.aws.capture.leads import AwsLeads
from leadline.stores.aws.items import LeadItem, lead_of
from leadline.stores.aws.keys import lead_key
from leadline.stores.aws.work.handling import AwsHandlings

_BATCH = 50
_refined = msgspec.json.Decoder(RefinedLead)


class AwsTexts(AwsLeads, AwsHandlings):
    """The part of `ports.personal_data.erasing.Erasing` that finds, on S3 and DynamoDB."""

    def held_texts(self) -> Iterator[HeldTexts]:
        """See `ports.personal_data.erasing.Erasing.held_texts`."""
        for day in days_between(self.bucket):
            keys = self.bucket.keys(f"raw/{day.replace('-', '/')}/")
            for some in batched(keys, _BATCH):
                yield from self._texts(some)

    def _texts(self, keys: Sequence[str]) -> Iterator[HeldTexts]:
        ids = [key.rpartition("/")[2].removesuffix(".json") for key in keys]
        found = self.table.get_all([lead_key(i) for i in ids])
        items = {key[0][2:]: lead_of(item) for key, item in found.items()}
        handlings = self.handling([i for i, item in items.items() if item.summary is not None])
        refined = self._heads([item for item in items.values() if item.summary is not None])
        documents = self.bucket.get_all([(key, "") for key in keys])
        for lead_id, document in zip(ids, documents, strict=True):
            item, stored = items.get(lead_id), _event(document)
            if document is None or (stored is None and item is None):
                continue
            held = _of_document(lead_id, document, stored)
            if item is not None:
                held = _of_item(held, item, handlings.get(lead_id, UNHANDLED))
                lead, damaged = refined.get(lead_id, (None, b""))
                document = damaged or _summary(item)
                held = msgspec.structs.replace(held, refined=lead, document=document)
            yield held

    def _heads(self, leads: Sequence[LeadItem]) -> dict[str, tuple[RefinedLead | None, bytes]]:
        """The refined leads, or the bytes of a document that is damaged."""
        keys = [
            (key_of("refined", one.lead_id, from_iso(one.captured_at)),
             one.summary.version if one.summary else "")
            for one in leads
        ]  # fmt: skip
        found: dict[str, tuple[RefinedLead | None, bytes]] = {}
        for one, document in zip(leads, self.bucket.get_all(keys), strict=True):
            if document is None:
                continue
            try:
                found[one.lead_id] = (_refined.decode(document), b"")
            except (ValueError, RecursionError):
                found[one.lead_id] = (None, document)
        return found


def _of_document(lead_id: str, document: bytes, stored: StoredEvent | None) -> HeldTexts:
    """What the archive has of an event; of a damaged document (*stored* is None) its bytes."""
    if stored is None:
        return HeldTexts(lead_id, lead_id, "", datetime.min.replace(tzinfo=UTC), document)
    at = from_iso(stored.timestamp)
    return HeldTexts(lead_id, lead_id, stored.source, at, stored.raw, stored.whole_body or b"")


def _of_item(held: HeldTexts, item: LeadItem, handling: Handling) -> HeldTexts:
    """The same with what the table has."""
    return msgspec.structs.replace(
        held,
        head=item.joined or item.lead_id,
        source=item.source,
        captured_at=from_iso(item.captured_at),
        written=msgspec.json.encode(handling.written) if handling.written else b"",
        details=tuple(line.detail for line in item.timeline if line.detail),
    )


def _summary(item: LeadItem) -> bytes:
    """What the table says of the person, which it does also without the documents."""
    if item.summary is None:
        return b""
    one = item.summary
    said = [text for text in (one.name, one.email, one.phone, one.company) if text]
    return msgspec.json.encode(said) if said else b""


def _event(document: bytes | None) -> StoredEvent | None:
    try:
        return None if document is None else read_document(document)
    except msgspec.MsgspecError:  # damaged: its bytes are searched
        return None

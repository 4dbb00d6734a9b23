"""Tombstones of people who were erased, as documents in the archive: `erasures/`."""

from collections.abc import Sequence
from hashlib import sha256

import msgspec

from leadline.model.personal_data.privacy import Tombstone
from leadline.stores.aws.bucket import Bucket

PREFIX = "erasures/"
_decoder = msgspec.json.Decoder(Tombstone)


class AwsErasures:
    """`ports.personal_data.erasures.Erasures` on S3: an object for each tombstone. The archive is
    never replaced as a whole, so nothing is pending; a rebuild of the table and a move apply all of
    them."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def bury(self, tombstone: Tombstone) -> bool:
        """See `ports.personal_data.erasures.Erasures.bury`."""
        key, document = _key(tombstone), msgspec.json.encode(tombstone)
        if self._bucket.put_new(key, document):
            return True
        known = self._bucket.get(key)
        if known is None or _decoder.decode(known).at < tombstone.at:
            self._bucket.put(key, document)
        return False

    def tombstones(self) -> Sequence[Tombstone]:
        """See `ports.personal_data.erasures.Erasures.tombstones`."""
        keys = [(key, "") for key in self._bucket.keys(PREFIX)]
        found = [_decoder.decode(one) for one in self._bucket.get_all(keys) if one is not None]
        return sorted(found, key=lambda one: one.at)

    def pending(self) -> Sequence[Tombstone]:
        """See `ports.personal_data.erasures.Erasures.pending`."""
        return ()

    def applied(self, tombstones: Sequence[Tombstone]) -> None:
        """See `ports.personal_data.erasures.Erasures.applied`."""
        for one in tombstones:
            self.bury(one)


def _key(tombstone: Tombstone) -> str:
    name = sha256("\n".join(tombstone.hashes).encode()).hexdigest()[:32]
    return f"{PREFIX}{name}.json"

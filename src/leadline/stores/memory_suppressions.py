"""The suppression list in memory."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from leadline.model.personal_data.suppression import Suppressed


class MemorySuppressions:
    """`ports.personal_data.suppressions.Suppressions` in a dictionary."""

    listed: dict[str, Suppressed]

    def suppress(self, entries: Sequence[Suppressed]) -> int:
        """See `ports.personal_data.suppressions.Suppressions.suppress`."""
        before = len(self.listed)
        for one in entries:
            self.listed.setdefault(one.hash, one)
        return len(self.listed) - before

    def unsuppress(self, hashes: Collection[str]) -> int:
        """See `ports.personal_data.suppressions.Suppressions.unsuppress`."""
        return sum(self.listed.pop(one, None) is not None for one in dict.fromkeys(hashes))

    def suppressed(self, hashes: Collection[str]) -> Mapping[str, Suppressed]:
        """See `ports.personal_data.suppressions.Suppressions.suppressed`."""
        return {one: self.listed[one] for one in hashes if one in self.listed}

    def suppressions(self) -> Iterator[Suppressed]:
        """See `ports.personal_data.suppressions.Suppressions.suppressions`."""
        return iter(list(self.listed.values()))

    def suppression_key(self) -> str | None:
        """See `ports.personal_data.suppressions.Suppressions.suppression_key`."""
        return next((one.key_id for one in self.listed.values()), None)

    def may_suppress(self) -> bool:
        """See `ports.personal_data.suppressions.Suppressions.may_suppress`."""
        return bool(self.listed)

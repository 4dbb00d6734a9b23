"""The audit log in memory, for previews and tests."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from leadline.model.personal_data.privacy import AuditCut, AuditEntry, ChainedEntry
from leadline.ports.personal_data.audit import Sign
from leadline.privacy.chain import chained, head_before


class MemoryAudit:
    """`ports.personal_data.audit.AuditLog` in a list."""

    def __init__(self) -> None:
        self.kept: list[ChainedEntry] = []
        self._cut: AuditCut | None = None

    def append(self, entries: Sequence[AuditEntry]) -> None:
        """See `ports.personal_data.audit.AuditLog.append`."""
        self.kept += chained(head_before(self.head(), self._cut), entries)

    def entries(self, since: datetime | None = None) -> Iterator[ChainedEntry]:
        """See `ports.personal_data.audit.AuditLog.entries`."""
        return (one for one in self.kept if since is None or one.entry.at >= since)

    def head(self) -> ChainedEntry | None:
        """See `ports.personal_data.audit.AuditLog.head`."""
        return self.kept[-1] if self.kept else None

    def cut(self) -> AuditCut | None:
        """See `ports.personal_data.audit.AuditLog.cut`."""
        return self._cut

    def cut_before(self, before: datetime, sign: Sign) -> AuditCut | None:
        """See `ports.personal_data.audit.AuditLog.cut_before`."""
        keep = 0
        while keep < len(self.kept) - 1 and self.kept[keep].entry.at < before:
            keep += 1
        if not keep:
            return None
        self._cut = sign(self.kept[keep - 1])
        del self.kept[:keep]
        return self._cut

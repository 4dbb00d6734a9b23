"""The demo's CRM: a folder of documents, in which owners are assigned while leads wait."""

from pathlib import Path
from typing import Any

import msgspec

from leadline.model.rights import make_folder, write_file
from leadline.ports.reading.ledger import LeadFilter, Ledger
from leadline.settings.connected.crm import AnyCrmConfig
from leadline.settings.connected.crm_kinds import DocumentConfig

ASSIGNING = ("close", "hubspot", "pipedrive", "zoho", "copper")
"""The sources whose CRM the folder stands in for."""
SELLERS = ("Ines Okafor", "Tom Reyes", "Wanda Kurz")
"""The people who own leads, and press buttons in Slack."""
_WRITTEN = {"score": "fit_score", "phone": "phone", "claimed_by": "claimed_by"}
_LATE = 3  # every third lead gets its owner only after the alert


class DemoCrm:
    """Writes owners into files that the `document` CRM reads, one for each record."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute() / "crm"
        make_folder(self._folder)
        self._late: list[tuple[str, str]] = []

    @property
    def configs(self) -> dict[str, AnyCrmConfig]:
        """The settings `[crm.SOURCE]` of each source."""
        url = f"{self._folder.as_uri()}/{{lead_id}}.json"
        return {source: DocumentConfig(url=url, write=_WRITTEN) for source in ASSIGNING}

    def assign(self, ledger: Ledger) -> int:
        """Assign owners to most of the waiting leads; returns how many stay without one."""
        records = [
            story.record
            for source in ASSIGNING
            for row in ledger.find(LeadFilter(source=source))
            if (story := ledger.story(row.lead_id)) is not None and story.record
        ]
        for number, record in enumerate(records):
            seller = SELLERS[number % len(SELLERS)]
            if number % _LATE == _LATE - 1:
                self._late.append((record, seller))
            self._write(record, "" if number % _LATE == _LATE - 1 else seller)
        return len(self._late)

    def assign_the_rest(self) -> None:
        """Assign owners to the remaining leads."""
        for record, seller in self._late:
            self._write(record, seller)

    def document(self, record: str) -> dict[str, Any]:
        """The document of a record, with what was written back; empty if there is none."""
        try:
            found: dict[str, Any] = msgspec.json.decode(self._path(record).read_bytes())
        except FileNotFoundError:
            return {}
        return found

    def _write(self, record: str, seller: str) -> None:
        """Write the document of a record; it has no owner if *seller* is ""."""
        document = {"status": "new", **self.document(record)}
        if seller:
            email = f"{seller.split()[0].lower()}@example.com"
            document |= {"owner_name": seller, "owner_email": email}
        write_file(self._path(record), msgspec.json.encode(document))

    def _path(self, record: str) -> Path:
        return self._folder / f"{record.rpartition(':')[2]}.json"

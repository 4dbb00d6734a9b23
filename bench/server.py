"""Our HTTP server for the benchmarks: `python -m bench.server store|nothing FOLDER SOCKET`."""

import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from leadline.entrypoints.embedded.http_process import HttpServer
from leadline.model.lead import CapturedLead, Fate, Receipt
from leadline.settings.top.general import Settings
from leadline.stores.sqlite.store import SqliteStore


class Nothing:
    """Answers for every lead and keeps none."""

    def accept(self, leads: Sequence[CapturedLead]) -> list[Receipt]:
        return [Receipt(lead.id, Fate.CAPTURED) for lead in leads]

    def readmit(self, lead_ids: Sequence[str], due_at: object) -> list[str]:
        return []

    def read_again(self, lead_id: str, lead: CapturedLead, belongs_to: str = "") -> bool:
        return False


def main() -> None:
    mode, folder, number = sys.argv[1:]
    settings = Settings(data=Path(folder))
    if mode == "nothing":
        _kept = SqliteStore(settings.data)  # the data file must be there
        server = HttpServer(settings, lambda _settings: Nothing())
    else:
        SqliteStore(settings.data).close()  # the data file must be there
        server = HttpServer(settings)
    server.run(socket.socket(fileno=int(number)))


if __name__ == "__main__":
    main()

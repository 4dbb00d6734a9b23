"""A company's own file: one line for each domain or e-mail address, read again when it changes."""

import csv
import sys
from collections.abc import Iterator, Mapping
from hashlib import sha256
from io import StringIO
from pathlib import Path

from leadline.enrichment.answers import kept_value
from leadline.enrichment.conditions import Fits
from leadline.model.errors import ConfigurationError
from leadline.model.facts.enrichment import Scalar
from leadline.model.lead import RefinedLead
from leadline.ports.enriching import Answer, FactsFound, NothingFound, NotNow, Query
from leadline.settings.connected.enrich import CsvEnrichConfig, is_field

CARRIED = Path(__file__).with_name("files_of_the_stack")
"""The folder beside this module into which a deployment on AWS puts the files that the settings
name (`cloud.packages.carried`), by `carried_name`."""

_MOST_LINES = 200_000
_MOST_BYTES = 64 << 20
_SEPARATORS = ",;\t"
_LINE_IN_MEMORY = 57
"""What CPython adds to the text of a line: 49 bytes, and 8 of its place in a list."""
Rows = Mapping[str, Mapping[str, Scalar]]


def carried_name(path: str) -> str:
    """The name of the file in that folder: paths may have characters that no file can."""
    return sha256(path.encode()).hexdigest()[:32] + ".csv"


class CsvProvider:
    """`ports.enriching.FactProvider` for `kind = "csv"`.

    Raises ConfigurationError if the file is of no use when the provider is made; one that is
    spoilt later leaves the last one in use."""

    is_local = True

    def __init__(self, name: str, config: CsvEnrichConfig, fits: Fits) -> None:
        self.config = config
        self.needs = frozenset((config.by,))
        self._name, self._fits = name, fits
        carried = CARRIED / carried_name(config.file)
        self._path = carried if carried.is_file() else Path(config.file)
        self._seen: tuple[int, int] = (0, 0)
        self._rows: Rows = {}
        self._fields: frozenset[str] = frozenset()
        self._read()

    @property
    def gives(self) -> frozenset[str]:
        """See `FactProvider.gives`."""
        return self._fields

    def fits(self, lead: RefinedLead) -> bool:
        """See `FactProvider.fits`."""
        return self._fits(lead)

    def ask(self, query: Query, timeout: float) -> Answer:
        """See `FactProvider.ask`."""
        del timeout
        try:
            self._read()
        except ConfigurationError:
            if not self._rows:
                return NotNow("csv.unreadable")
        values = self._rows.get(query[self.config.by].strip().casefold())
        return FactsFound(values, self.config.confidence) if values else NothingFound()

    def memory(self) -> int:
        """About how many bytes a process takes up that reads the file and keeps what it says."""
        text = self._path.read_bytes()
        kept = sum(
            sys.getsizeof(key) + sys.getsizeof(row) + sum(map(sys.getsizeof, row.values()))
            for key, row in self._rows.items()
        )
        whole = sys.getsizeof(self._rows) + kept
        return whole + 3 * len(text) + _LINE_IN_MEMORY * text.count(b"\n")

    def _read(self) -> None:
        try:
            stat = self._path.stat()
            if self._seen == (stat.st_mtime_ns, stat.st_size):
                return  # also if it was spoilt: to read it for every lead would delay them
            self._seen = (stat.st_mtime_ns, stat.st_size)
            if stat.st_size > _MOST_BYTES:
                raise ConfigurationError(self._fault(f"is larger than {_MOST_BYTES >> 20} MiB"))
            text = self._path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is not UTF-8"
            raise ConfigurationError(self._fault(f"can't be read ({why})")) from None
        self._rows = dict(self._parsed(text))
        self._fields = frozenset(name for row in self._rows.values() for name in row)

    def _parsed(self, text: str) -> Iterator[tuple[str, Mapping[str, Scalar]]]:
        lines = list(StringIO(text, newline=""))
        if len(lines) > _MOST_LINES:
            raise ConfigurationError(self._fault(f"has more than {_MOST_LINES} lines"))
        head = lines[0] if lines else ""
        separator = next((one for one in head if one in _SEPARATORS), ",")
        rows = csv.DictReader(lines, delimiter=separator)
        columns = {name.strip().casefold(): name for name in rows.fieldnames or () if name}
        by = columns.get(self.config.by)
        if by is None:
            raise ConfigurationError(self._fault(f"has no column {self.config.by!r}"))
        wanted = self._wanted(columns)
        try:
            for row in rows:
                kept = ((name, kept_value(row.get(column))) for name, column in wanted.items())
                values = {name: value for name, value in kept if value is not None}
                if key := (row.get(by) or "").strip().casefold():
                    yield key, values
        except csv.Error as error:
            raise ConfigurationError(self._fault(f"is not CSV: {error}")) from None

    def _wanted(self, columns: Mapping[str, str]) -> dict[str, str]:
        """The columns by field."""
        if not self.config.map:
            named = {name.replace(" ", "_").replace("-", "_"): c for name, c in columns.items()}
            return {n: c for n, c in named.items() if n != self.config.by and is_field(n)}
        for column in self.config.map.values():
            if column.strip().casefold() not in columns:
                raise ConfigurationError(self._fault(f"has no column {column!r}"))
        return {n: columns[c.strip().casefold()] for n, c in self.config.map.items()}

    def _fault(self, words: str) -> str:
        return f"enrich.{self._name}.file: {self.config.file} {words}"

"""Time zones: the newer of the machine's rules and the package's count."""

import struct
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import tzdata

from leadline.settings.notation.zones import ZoneRules, zone, zone_rules
from leadline.settings.team.hours import HoursConfig
from leadline.team.hours import next_open, zone_of

HOUR = 3600
BEFORE_NINE = datetime(2026, 12, 1, 12, tzinfo=UTC)


def zone_file(offset: int, rule: str) -> bytes:
    """A TZif file of one offset until its *rule* counts (RFC 8536)."""
    header = struct.pack(">4sc15x6l", b"TZif", b"2", 0, 0, 0, 0, 1, 4)
    types = struct.pack(">lbb", offset, 0, 0) + b"LMT\0"
    return header + types + header + types + f"\n{rule}\n".encode()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Path]:
    """A folder of time zones that stands for the machine's, with an old Vancouver."""
    for name in ("America", "Europe"):
        (tmp_path / name).mkdir()
    old = zone_file(-8 * HOUR, "PST8PDT,M3.2.0,M11.1.0")
    (tmp_path / "America" / "Vancouver").write_bytes(old)
    (tmp_path / "America" / "Nowhere").write_bytes(zone_file(-3 * HOUR, "<-03>3"))
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(to=[str(tmp_path)])
    zone_of.cache_clear()
    yield tmp_path
    zoneinfo.reset_tzpath(to=before)
    zone_of.cache_clear()


def opening_in_vancouver() -> datetime:
    return next_open(HoursConfig(zone="America/Vancouver", days=tuple(range(7))), BEFORE_NINE)


@pytest.mark.parametrize("version", ["# version 2025b\n", "# version 2025b-dirty\n", "", None])
def test_the_packages_rules_count_where_the_machines_are_older_or_of_unknown_age(
    machine: Path, version: str | None
) -> None:
    if version is not None:
        (machine / "tzdata.zi").write_text(version)
    assert opening_in_vancouver() == datetime(2026, 12, 1, 16, tzinfo=UTC)
    assert zone_rules().package == tzdata.IANA_VERSION


@pytest.mark.parametrize(
    ("name", "text"), [("tzdata.zi", "# version 2999a\n"), ("+VERSION", "2999a\n")]
)
def test_the_machines_rules_count_where_they_are_newer(machine: Path, name: str, text: str) -> None:
    (machine / name).write_text(text)
    assert opening_in_vancouver() == datetime(2026, 12, 1, 17, tzinfo=UTC)
    assert zone_rules() == ZoneRules(machine="2999a", package=tzdata.IANA_VERSION)


def test_a_zone_that_only_the_older_rules_have_is_read_from_them(machine: Path) -> None:
    (machine / "tzdata.zi").write_text("# version 2025b\n")
    assert zone("America/Nowhere").utcoffset(BEFORE_NINE.replace(tzinfo=None)) is not None
    (machine / "tzdata.zi").write_text("# version 2999a\n")
    assert zone("Europe/Berlin").key == "Europe/Berlin"


@pytest.mark.parametrize("name", ["Europe/../Europe/Berlin", "zone.tab", "Europe", "", "Mars/Base"])
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises((KeyError, ValueError, OSError)):
        zone(name)


@pytest.mark.parametrize(
    ("older", "newer"), [("2025z", "2026a"), ("2026a", "2026f"), ("2009z", "2009aa"), ("", "2020a")]
)
def test_versions_are_ordered_by_year_and_letters(older: str, newer: str) -> None:
    assert ZoneRules(machine=older, package=newer).is_package_used
    assert not ZoneRules(machine=newer, package=older).is_package_used

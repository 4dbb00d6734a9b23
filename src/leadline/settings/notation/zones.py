"""Time zones by the newer of two sets of rules: this machine's, or those of the package `tzdata`.

`zoneinfo` reads the machine's files first, whatever their age. Governments change their clocks
within months (British Columbia stays on summer time from 2026 on), and a machine whose system is
not updated is then an hour wrong, although a package with the right rules is installed.
"""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from leadline.model.texts.patterns import late

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_NAME = late(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*")
_VERSION = late(r"(?:# version )?(\d{4})([a-z]*)")
# The first line of tzdata.zi names the version (tz, "theory.html"); BSD and macOS write +VERSION.
_VERSION_FILES = ("tzdata.zi", "+VERSION")


class ZoneRules(msgspec.Struct, frozen=True):
    """The versions of the rules of time zones ("2026f"), "" where unknown or not installed."""

    machine: str
    package: str

    @property
    def is_package_used(self) -> bool:
        """Whether the package's rules count, because the machine's are older or of unknown age."""
        return _age(self.package) > _age(self.machine)


def zone_rules() -> ZoneRules:
    """The versions of the rules that this process can read."""
    import zoneinfo  # imported here for cold starts: few installations have time zones

    return _rules(zoneinfo.TZPATH)


def zone(name: str) -> "ZoneInfo":
    """A time zone by its IANA name, by the newer rules.

    Raises ZoneInfoNotFoundError or another KeyError, ValueError or OSError if there is none.
    """
    import zoneinfo

    return _zone(name, zone_rules(), zoneinfo.TZPATH)


@lru_cache(maxsize=256)
def _zone(name: str, rules: ZoneRules, folders: tuple[str, ...]) -> "ZoneInfo":
    """A time zone by the rules in these folders and of the package; pages show a time in each
    row, so that the file of a zone is read once."""
    from zoneinfo import ZoneInfo

    del folders  # `ZoneInfo` knows them; zones of others are others
    if rules.is_package_used and (found := _packaged(name)) is not None:
        return found
    return ZoneInfo.no_cache(name)


@lru_cache(maxsize=8)
def _rules(folders: tuple[str, ...]) -> ZoneRules:
    try:
        import tzdata

        package = _version(tzdata.IANA_VERSION)
    except ImportError:
        package = ""
    # zoneinfo takes the first folder that has a zone, so that folder's version counts.
    there = next((Path(f) for f in folders if (Path(f) / "Europe").is_dir()), None)
    return ZoneRules(machine=_version_in(there) if there else "", package=package)


def _version_in(folder: Path) -> str:
    for name in _VERSION_FILES:
        try:
            with (folder / name).open(encoding="ascii", errors="replace") as file:
                if found := _version(file.readline(100)):
                    return found
        except OSError:
            continue
    return ""


def _version(text: str) -> str:
    match = _VERSION.match(text)
    return match[1] + match[2] if match else ""


def _age(version: str) -> tuple[str, int, str]:
    """A sort key: 2025z is older than 2026a."""
    return version[:4], len(version), version


def _packaged(name: str) -> "ZoneInfo | None":
    """The zone of the package; None if it has none of this name."""
    from importlib.resources import files
    from zoneinfo import ZoneInfo

    if not _NAME.fullmatch(name):
        return None
    try:
        with files("tzdata.zoneinfo").joinpath(*name.split("/")).open("rb") as file:
            return ZoneInfo.from_file(file, key=name)
    except (OSError, ValueError):  # there is no such file, or it is no zone
        return None

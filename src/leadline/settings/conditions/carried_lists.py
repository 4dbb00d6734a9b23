"""Lists of values that a deployment on AWS carries into the package of the functions.

Settings that an earlier version deployed have their lists in their own text, in a table `lists`.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path

import msgspec

from leadline.model.errors import ConfigurationError
from leadline.settings.conditions.attaching import Conditional, Problem, with_lists
from leadline.settings.conditions.list_files import WrongList, list_in_text
from leadline.settings.conditions.parsing import ListFile

ReadCarried = Callable[[str], frozenset[str]]
"""Gives the values of a carried list by its name (`banks.csv:domain`). Raises LeadlineError."""

CARRIED = Path(__file__).with_name("lists_of_the_stack")
"""The folder beside this module into which a deployment puts lists (`cloud.packages.carried`)."""


def file_name(name: str) -> str:
    """The name of the file in that folder: names of lists may have characters that no file can."""
    return sha256(name.encode()).hexdigest()[:32] + ".txt"


def written_list(values: frozenset[str]) -> bytes:
    """The content of the file: one folded value a line, the same for the same values."""
    return "\n".join(sorted(values)).encode()


def values_in(content: bytes) -> frozenset[str]:
    """The values that `written_list` wrote."""
    return frozenset(content.decode().split("\n"))


def carried_here(name: str) -> frozenset[str]:
    """The list in this package. Raises ConfigurationError if there is none."""
    try:
        return _read(CARRIED / file_name(name))
    except FileNotFoundError:
        raise not_carried(name) from None


@cache  # a package stays as it is while a process lives
def _read(path: Path) -> frozenset[str]:
    return values_in(path.read_bytes())


def not_carried(name: str) -> ConfigurationError:
    """The error if a package lacks a list that the settings name."""
    return ConfigurationError(
        f"the package of the functions does not carry {name}, which the settings name; deploy "
        "them again with --settings"
    )


def refuse_missing(rules: Mapping[str, Conditional]) -> None:
    """Raise ConfigurationError if this package lacks a list that is still to be read."""
    for rule in rules.values():
        late = rule.lists.late if isinstance(rule.lists, LateLists) else ()
        for name in rule.lists:
            if name in late and not (CARRIED / file_name(name)).is_file():
                raise not_carried(name)


class LateLists(Mapping[str, frozenset[str]]):
    """The lists of a rule by their names, of which those named in `late` are read when they are
    asked for, by *read*: few functions and commands need them."""

    def __init__(
        self, known: Mapping[str, frozenset[str]], late: frozenset[str], read: ReadCarried
    ) -> None:
        self.late = late
        self._known = known
        self._read = read

    def __getitem__(self, name: str) -> frozenset[str]:
        return self._read(name) if name in self.late else self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def __reduce__(self) -> tuple[type, tuple[Mapping[str, frozenset[str]]]]:
        return dict, (dict(self),)  # other processes cannot read what only this one can


def with_carried_lists(
    rules: Mapping[str, Conditional],
    written: Mapping[str, str],
    read: ReadCarried | None,
    *,
    table: str = "rules",
) -> tuple[dict[str, Conditional], list[Problem]]:
    """The entries of a *table* with the lists that their conditions name, and what is wrong in the
    conditions but for their patterns (`carried_patterns`).

    *written* are the lists in the text of the settings. Others are left to *read*; without it
    they are missing.
    """
    late: set[str] = set()

    def values(file: ListFile) -> frozenset[str]:
        if file.name in written:
            return list_in_text(written[file.name], file.name)
        if read is None:
            raise WrongList(f"the settings do not carry {file.name}; deploy them with --settings")
        late.add(file.name)
        return frozenset()  # in place of the list, whose countries the deployment has checked

    found, problems = with_lists(rules, values, tries_patterns=False, table=table)
    if read is None or not late:
        return found, problems
    return {name: _late(rule, late, read) for name, rule in found.items()}, problems


def _late(rule: Conditional, late: set[str], read: ReadCarried) -> Conditional:
    names = frozenset(late & rule.lists.keys())
    if not names:
        return rule
    return msgspec.structs.replace(rule, lists=LateLists(rule.lists, names, read))

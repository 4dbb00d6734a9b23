"""The page docs/reference/where-data-stands.md, from the list of places."""

from collections.abc import Iterable, Mapping

from leadline.privacy.places import places_in
from leadline.privacy.places.place import WHOLE, Place, PlaceKind

PAGE = "docs/reference/where-data-stands.md"
_HEAD = """# Where personal data stands

Generated from the code by `make docs`. Tests compare this list with the schema, the items, objects
and queues on AWS, and the files that are written, and search all of them for a marked person.
[Data protection](../explanation/data-protection.md) explains it,
[Protect personal data](../how-to/protect-personal-data.md) says what to do.

What is in *italics* is a digest: it shows nothing, but who knows an address can see whether it is
the same. "Staff" is about your own people. Under "masked" is what people see who may not see
persons, wherever Leadline limits that; commands show everything, because whoever runs them could
read the files. `retention_raw` and the like are [settings](settings.md).
"""
_PARTS: Mapping[str, tuple[PlaceKind, str]] = {
    "Tables of the data file": (
        PlaceKind.TABLE,
        "In `leadline.db`, with their indexes, and for some minutes in its log. With\n"
        "`[encryption] key` all that is said here of people is encrypted, in copies, too, and\n"
        "digests are keyed, but for what Slack finds a message by\n"
        "([how](../how-to/encrypt-personal-data.md)).",
    ),
    "Files in and beside the data folder": (
        PlaceKind.FILE,
        "`<data>.keys` is the folder of keys beside it.",
    ),
    "Copies that you make": (PlaceKind.COPY, "Names are examples: you choose them."),
    "Items of the table on AWS": (
        PlaceKind.ITEM,
        "The name is the keys `pk` and `sk`, with `*` for what differs. Indexes repeat parts.",
    ),
    "Objects in the bucket": (PlaceKind.OBJECT, "Each with its earlier versions."),
    "Resources of a stack": (PlaceKind.RESOURCE, "What else of a stack keeps anything."),
    "Outside of Leadline": (PlaceKind.OUTSIDE, "What an erasure here does not reach, or edits."),
}


def text() -> str:
    """The page."""
    return _HEAD + "".join(
        f"\n## {title}\n{words}\n\n{_table(places_in(kind))}{_rest(places_in(kind))}"
        for title, (kind, words) in _PARTS.items()
    )


def _table(places: Iterable[Place]) -> str:
    lines = [
        "| place | what is there about people | read by | masked | erased | kept |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for one in places:
        if one.holds_people:
            cells = (_held(one), one.read, one.masked, one.erased, one.kept)
            lines.append(f"| `{one.name}`: {one.what} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _held(place: Place) -> str:
    """What a place holds about people, by part."""
    found = [_part(name, words) for name, words in place.person.items()]
    found += [f"*{_part(name, words)}*" for name, words in place.hashes.items()]
    found += [f"staff: {_part(name, words)}" for name, words in place.staff.items()]
    return "; ".join(found)


def _part(name: str, words: str) -> str:
    return words if name == WHOLE else f"`{name}`: {words}"


def _rest(places: Iterable[Place]) -> str:
    """The places that hold nothing about anybody."""
    names = [f"`{one.name}` ({one.what})" for one in places if not one.holds_people]
    return f"\nNothing about anybody: {', '.join(names)}.\n" if names else ""

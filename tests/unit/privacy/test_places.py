"""The list of places where personal data stands names everything there is, and nothing else."""

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_type_hints

import apsw
import msgspec
import pytest

from leadline.channels.registry import MAKERS
from leadline.entrypoints.logs import ALLOWED
from leadline.infra import template
from leadline.model.task import Step, Task
from leadline.ports.homes import KeyKind, OwnedKey
from leadline.privacy.places import PLACES, place_of, places_in
from leadline.privacy.places.files import KEYS
from leadline.privacy.places.place import Place, PlaceKind
from leadline.stores import aws
from leadline.stores.aws.items import LeadItem, TaskItem
from leadline.stores.aws.people.likeness import AlikeItem
from leadline.stores.aws.table import Key
from leadline.stores.sqlite.file.folder import FILE
from leadline.stores.sqlite.store import SqliteStore

ROOT = Path(aws.__file__).parents[2]
LEAD_ID = "019cadc6-9a80-7003-ae12-f38b30bcef33"
ARGUMENTS: dict[object, Any] = {
    int: 1,
    float: 1.0,
    bytes: b"\1",
    Task: Task(Step.NOTIFY, LEAD_ID, "slack"),
    OwnedKey: OwnedKey(KeyKind.EVENT, b"\1", LEAD_ID, datetime(2026, 3, 2, tzinfo=UTC)),
}


@pytest.mark.parametrize("place", PLACES, ids=lambda one: f"{one.kind} {one.name}")
def test_a_place_that_holds_people_says_who_reads_it_and_what_becomes_of_it(place: Place) -> None:
    assert place.what
    assert place.parts
    assert place.masked
    assert place.kept
    assert set(place.left) <= set(place.person)
    assert not set(place.others) & {*place.person, *place.hashes, *place.staff}
    if place.person or place.hashes:
        assert place.read or place.name.endswith(("partial/leadline.db*", "restoring*", "restore"))
        assert place.erased


def test_no_place_is_named_twice() -> None:
    names = [(one.kind, one.name) for one in PLACES]
    assert len(names) == len(set(names))


def test_every_table_and_column_of_the_data_file_is_named_and_no_other(tmp_path: Path) -> None:
    SqliteStore(tmp_path).close()
    with closing(apsw.Connection(str(tmp_path / FILE), flags=apsw.SQLITE_OPEN_READONLY)) as db:
        tables = {
            name: {column for _, column, *_ in db.pragma("table_info", name)}
            for (name,) in db.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
        }
    assert {one.name: set(one.parts) for one in places_in(PlaceKind.TABLE)} == tables


def modules() -> Iterator[Any]:
    """The modules of the store on AWS."""
    for found in pkgutil.walk_packages(aws.__path__, f"{aws.__name__}."):
        yield importlib.import_module(found.name)


def an_argument(name: str, kind: object) -> Any:
    """Some value of this type."""
    if kind is str:
        return LEAD_ID if name in ("lead_id", "first", "other") else "x"
    return ARGUMENTS[kind]


def keys_of(function: Any) -> Iterator[Key]:
    """The keys that a function gives."""
    hints = get_type_hints(function)
    hints.pop("return")
    if "kind" in hints:  # the letters stand where it is called
        return
    if not {*hints.values()} <= {str, *ARGUMENTS}:  # it gives the key of an item that it is given
        return
    arguments = {name: an_argument(name, kind) for name, kind in hints.items()}
    made = function(**arguments)
    yield from [made] if isinstance(made[0], str) else made
    if Task in hints.values():
        for step in Step:
            channel = "slack" if step.addressee.name != "LEAD" else ""
            yield function(Task(step, LEAD_ID, channel))


def keys_in_code() -> set[Key]:
    """The keys of a sample of each item that the code can write."""
    found: set[Key] = {(f"{letter}#x", "key") for letter in digest_letters()}
    for module in modules():
        for value in vars(module).values():
            if inspect.isfunction(value) and value.__module__ == module.__name__:
                given = value.__annotations__.get("return")
                if given in (Key, tuple[Key, Key]):
                    found.update(keys_of(value))
            elif is_key(value):
                found.add(value)
    return found


def is_key(value: object) -> bool:
    pair = isinstance(value, tuple) and len(value) == 2 and all(isinstance(v, str) for v in value)
    return pair and re.match("[A-Z]#", value[0]) is not None  # type: ignore[index]


def texts_in_code(folder: Path) -> Iterator[str]:
    """The texts, and beginnings of texts, in the code of a folder."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def digest_letters() -> set[str]:
    """The kinds that `digest_key` is called with."""
    found = set()
    for path in (ROOT / "stores" / "aws").rglob("*.py"):
        found |= set(re.findall(r'digest_key\(\s*"(\w)"', path.read_text(encoding="utf-8")))
    return found


def test_every_item_of_the_table_on_aws_is_named_and_no_other() -> None:
    keys = keys_in_code()
    names = {key: place_of(PlaceKind.ITEM, " ".join(key)) for key in keys}
    assert [key for key, place in names.items() if place is None] == []
    named = {place.name for place in names.values() if place is not None}
    assert named == {one.name for one in places_in(PlaceKind.ITEM)}
    letters = {text[0] for text in texts_in_code(ROOT / "stores/aws") if re.match("[A-Z]#", text)}
    assert letters | digest_letters() == {one.name[0] for one in places_in(PlaceKind.ITEM)}


@pytest.mark.parametrize(
    ("name", "item"), [("L#* lead", LeadItem), ("L#* alike", AlikeItem), ("L#* notify#*", TaskItem)]
)
def test_every_attribute_of_an_item_is_named(name: str, item: type[msgspec.Struct]) -> None:
    place = place_of(PlaceKind.ITEM, name)
    assert place is not None
    written = {one.encode_name for one in msgspec.structs.fields(item)}
    keys = {"pk", "sk", "write", "held", "due_pk", "due_sk", "day_pk", "day_sk"}
    assert written <= place.parts
    assert place.parts <= written | keys


def test_every_kind_of_object_in_the_bucket_is_named_and_no_other() -> None:
    kinds = set()
    for path in (ROOT / "stores" / "aws").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        kinds |= set(re.findall(r'(?:document_key|key_of|_key)\(\s*"([a-z]{2,})"', text))
        kinds |= set(re.findall(r'^PREFIX = "(\w+)/"', text, re.MULTILINE))
    kinds -= {"record", "event"}  # of digests (`model.keys.key_digest`)
    assert {one.name.partition("/")[0] for one in places_in(PlaceKind.OBJECT)} == kinds


def test_every_resource_of_the_template_that_keeps_something_is_named() -> None:
    kinds = set(re.findall(r"Type: (AWS::\w+::\w+)", template()))
    keeping = {
        kind for kind in kinds
        if re.search(
            r"Bucket$|Table$|Queue$|ScheduleGroup$|StateMachine$|LogGroup$|Topic$|Database|Stream"
            r"|Secret$", kind,
        )
    }  # fmt: skip
    named = {one.name for one in places_in(PlaceKind.RESOURCE) if one.name.startswith("AWS::")}
    assert named == keeping


def test_every_kind_of_channel_is_named_and_no_other() -> None:
    kinds = {str(one().kind) for one in MAKERS}
    channels = [one.name for one in places_in(PlaceKind.OUTSIDE) if one.name.startswith("channel ")]
    assert {one.removeprefix("channel ") for one in channels} == kinds


def test_every_key_of_a_log_line_is_named_and_no_other() -> None:
    place = place_of(PlaceKind.OUTSIDE, "log")
    assert place is not None
    assert place.parts == ALLOWED


def test_every_file_that_the_code_names_has_a_place() -> None:
    named = re.compile(
        r'^_?[A-Z]+ = "(\.?[a-z-]+\.(?:db|jsonl?|lock|key|pending|failed|partial)|behind-proxy)"$',
        re.MULTILINE,
    )
    texts = {
        name
        for folder in ("stores", "installations", "entrypoints/embedded")
        for path in (ROOT / folder).rglob("*.py")
        for name in named.findall(path.read_text(encoding="utf-8"))
    }
    assert {"leadline.db", "erasures.jsonl", "writers.lock", "serving.json"} <= texts
    inside = {
        "copy.db": "restoring/copy.db",
        "privacy.key": f"{KEYS}/privacy.key",
        "before-schema.partial": "before-schema.partial/leadline.db",
    }
    files = sorted(inside.get(text, text) for text in texts)
    assert [one for one in files if place_of(PlaceKind.FILE, one) is None] == []

"""What other packages may import."""

import ast
import importlib
import inspect
import re
import typing
from pathlib import Path

import pytest

from leadline import FORMER_MODULES, plugin_api
from leadline.plugin_api import Crm, Source

EXAMPLE = Path(__file__).parents[2] / "examples" / "own_source.py"

FORMER_NAMES = [
    ("leadline.sources", "Source"),
    ("leadline.sources", "SourceConfig"),
    ("leadline.sources", "Answer"),
    ("leadline.lead", "Delivery"),
    ("leadline.lead", "Event"),
    ("leadline.lead", "Kind"),
    ("leadline.lead", "LeadFields"),
    ("leadline.lead", "Person"),
    ("leadline.errors", "Unauthentic"),
    ("leadline.errors", "Unreadable"),
    ("leadline.errors", "NotUnderstood"),
    ("leadline.crm", "Crm"),
    ("leadline.crm", "CrmConfig"),
    ("leadline.crm", "CrmRecord"),
    ("leadline.handling", "Ending"),
    ("leadline.ports", "Busy"),
    ("leadline.ports", "Refused"),
    ("leadline.ports", "Unreachable"),
]


def types_in(hint: object) -> set[type]:
    """The classes of ours in a type hint."""
    found: set[type] = set().union(*map(types_in, typing.get_args(hint)))
    if isinstance(hint, type) and hint.__module__.startswith("leadline."):
        found.add(hint)
    return found


@pytest.mark.parametrize("promise", [Source, Crm])
def test_every_type_that_a_plug_in_is_given_or_gives_can_be_imported(promise: type) -> None:
    methods = [m for n, m in inspect.getmembers(promise, inspect.isfunction) if n[0] != "_"]
    hints = [hint for method in methods for hint in typing.get_type_hints(method).values()]
    needed = {one.__name__ for one in types_in(tuple[*hints])}  # type: ignore[valid-type]
    assert len(needed) > 4
    assert needed <= set(plugin_api.__all__)


def test_the_example_imports_nothing_else_of_ours() -> None:
    imports = [
        n for n in ast.walk(ast.parse(EXAMPLE.read_bytes())) if isinstance(n, ast.ImportFrom)
    ]
    ours = {n.module for n in imports if n.module and n.module.startswith("leadline")}
    assert ours == {"leadline.plugin_api"}


def test_the_how_to_names_every_part_of_a_crm_and_only_names_that_exist() -> None:
    page = (EXAMPLE.parents[1] / "docs/how-to/write-a-plug-in.md").read_text(encoding="utf-8")
    of_source, of_crm = page.split("## A CRM")
    rows = [re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE) for part in (of_source, of_crm)]
    assert rows[0]
    assert [name for name in rows[0] if not hasattr(Source, name)] == []
    methods = [name for name, _ in inspect.getmembers(Crm, inspect.isfunction) if name[0] != "_"]
    assert sorted(rows[1]) == sorted([*methods, *Crm.__annotations__])
    types = re.findall(r"`([A-Z][a-z]\w+)`", page)
    assert {name for name in types if name not in plugin_api.__all__} == set()


@pytest.mark.parametrize(("module", "name"), FORMER_NAMES)
def test_what_plug_ins_imported_before_is_still_there_with_a_warning(
    module: str, name: str
) -> None:
    namespace: dict[str, object] = {}
    with pytest.warns(DeprecationWarning, match=f"import {name} from leadline.plugin_api") as told:
        exec(f"from {module} import {name}", namespace)
    assert namespace[name] is getattr(plugin_api, name)
    assert {warning.filename for warning in told} == {"<string>"}  # where it is imported


def test_what_is_no_part_of_it_is_refused_and_says_where_to_look() -> None:
    for module in sorted(FORMER_MODULES):
        with pytest.raises(AttributeError, match="plugin_api has no RefinedLead"):
            importlib.import_module(module).RefinedLead  # noqa: B018
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("leadline.pipeline")

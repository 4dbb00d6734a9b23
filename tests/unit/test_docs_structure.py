"""The documentation as a whole: one index without orphans, a map and a glossary of the code."""

import importlib
import re
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

import leadline
from leadline.model.handling import Ending
from leadline.model.lead import Fate, Status
from leadline.model.task import Step

ROOT = Path(__file__).parents[2]
PACKAGE = Path(leadline.__file__).parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
KINDS = {
    "tutorials": "## Learn: the tutorial",
    "how-to": "## Do: how-to guides",
    "reference": "## Look up: reference",
    "explanation": "## Understand: explanation",
    "decisions": "### Decisions",
}


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def rows_of(page: str, header: str) -> list[list[str]]:
    """The cells of every row of the tables of a page that begin with this header."""
    tables = text_of(page).split(f"| {header} |")[1:]
    lines = [line for table in tables for line in table.partition("\n\n")[0].splitlines()[2:]]
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]


def test_the_index_links_every_page_under_the_heading_of_its_kind() -> None:
    index = text_of("docs/README.md")
    for folder, heading in KINDS.items():
        section = index.partition(heading)[2]
        section = re.split(r"\n##+ ", section)[0] if folder != "decisions" else section
        linked = re.findall(rf"\]\({folder}/([\w.-]+\.md)\)", section)
        pages = sorted(page.name for page in (ROOT / "docs" / folder).glob("*.md"))
        assert sorted(linked) == pages, folder


def test_every_folder_of_docs_is_a_kind_of_the_index() -> None:
    folders = {page.parent.name for page in (ROOT / "docs").glob("*/*.md")}
    assert folders == KINDS.keys()


def test_readme_and_contributing_lead_into_the_documentation() -> None:
    assert "](docs/README.md)" in text_of("README.md")
    assert "](docs/explanation/architecture.md)" in text_of("CONTRIBUTING.md")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_heading_leads_to_one_that_is_there(page: Path) -> None:
    for target, anchor in re.findall(r"\]\(([^)#\s]*)#([^)\s]+)\)", page.read_text("utf-8")):
        if "://" in target:
            continue
        linked = (page.parent / target) if target else page
        headings = re.findall(r"^#+ (.+)$", linked.read_text("utf-8"), re.MULTILINE)
        assert anchor in {anchor_of(heading) for heading in headings}, f"{target}#{anchor}"


def anchor_of(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def floors() -> dict[int, set[str]]:
    """What the page says: on each floor, the names of its folders and files."""
    found: dict[int, set[str]] = {}
    rows = rows_of("docs/explanation/architecture.md", "floor | folder or file | what it is")
    for number, name, _ in rows:
        found.setdefault(int(number), set()).add(name.strip("`"))
    return found


def test_the_architecture_names_every_wing_and_no_other() -> None:
    named = set().union(*floors().values())
    folders = {f"{p.name}/" for p in PACKAGE.iterdir() if (p / "__init__.py").exists()}
    files = {p.name for p in PACKAGE.glob("*.py")} - {"__init__.py"}
    assert named == folders | files


def test_the_floors_of_the_architecture_are_those_of_the_import_contract() -> None:
    contracts = tomllib.loads(text_of("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    (layers,) = (one["layers"] for one in contracts if one["type"] == "layers")
    enforced = [{name.strip() for name in layer.split("|")} for layer in reversed(layers)]
    said = [
        {name.removesuffix("/").removesuffix(".py") for name in one} for one in floors().values()
    ]
    assert said == enforced


def test_every_path_on_the_pages_about_the_code_exists() -> None:
    tops = {path.name for path in PACKAGE.iterdir()}
    for page in ("docs/explanation/architecture.md", "CONTRIBUTING.md"):
        text = text_of(page)
        paths = set(re.findall(r"[a-z_]+(?:/[a-z_]+)*/[a-z_*]*(?:\.py)?", text))
        mine = {path for path in paths if path.partition("/")[0] in tops}
        assert len(mine) > 5
        missing = {p for p in mine if not any(PACKAGE.glob(p.rstrip("/")))}
        assert {p for p in missing if not (PACKAGE / f"{p}.py").exists()} == set(), page


def code_of(name: str) -> Any:
    """What a dotted name below `leadline` stands for; raises AttributeError or ImportError."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(["leadline", *parts[:end]]))
        except ModuleNotFoundError:
            continue
        for part in parts[end:]:
            found = getattr(found, part)
        return found
    raise ImportError(name)


GLOSSARY = rows_of("docs/reference/glossary.md", "term | in the code | meaning")


@pytest.mark.parametrize("row", GLOSSARY, ids=lambda row: row[0])
def test_every_term_of_the_glossary_has_a_meaning_and_is_what_the_code_has(row: list[str]) -> None:
    _, code, meaning = row if len(row) == 3 else (row[0], "", row[1])
    assert meaning.endswith(".")
    if code:
        assert code_of(code.strip("`")) is not None


def test_every_term_has_one_meaning() -> None:
    terms = [row[0] for row in GLOSSARY]
    assert len(terms) > 70
    assert len(terms) == len(set(terms))


@pytest.mark.parametrize("kind", [Step, Status, Fate, Ending])
def test_what_users_see_as_a_value_is_in_the_glossary(kind: type[StrEnum]) -> None:
    text = text_of("docs/reference/glossary.md").lower()
    values = [str(member).replace("_", " ") for member in kind if str(member)]
    assert [v for v in values if v not in text and v.replace(" ", "-") not in text] == []

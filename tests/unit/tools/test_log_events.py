"""The page of log events is read from the code, and nothing that is logged is left out of it."""

from pathlib import Path

import pytest

import leadline
from leadline.entrypoints.logs import ALLOWED
from tools.log_events import LogLine, Unresolved, log_lines
from tools.logs_page import Missing, page, text

SOURCE = """
import logging
log = logging.getLogger(__name__)
def one(lead, late):
    extra = {"lead": lead}
    if late:
        extra["late_s"] = late
    log.warning("door.shut", extra=extra)
def two(step):
    try:
        log.info(f"{step}.done", extra={"count": 1, **{"pid": 2}})
    except ValueError:
        log.exception("two.failed")
def three():
    for event in ("door.opened", "door.closed"):
        log.info(event)
"""
TOLD = {
    "events": {"Doors": {"door.*": "A door.", "two.failed": "Two.", "*.done": "Done."}},
    "fields": {"lead": "Its id.", "late_s": "Seconds.", "count": "How many.", "pid": "Which."},
}


@pytest.fixture(scope="module")
def ours() -> list[LogLine]:
    """Every line of Leadline that logs."""
    return log_lines(Path(leadline.__file__).parent)


def lines_of(folder: Path, source: str = SOURCE) -> list[LogLine]:
    (folder / "doors.py").write_text(source, encoding="utf-8")
    return log_lines(folder, {"doors.py:step": ("refine", "clock")})


def test_events_levels_and_fields_are_read_from_the_code(tmp_path: Path) -> None:
    assert [line[:3] for line in lines_of(tmp_path)] == [
        ("door.shut", "warning", ("lead", "late_s?")),
        ("refine.done", "info", ("count", "pid")),
        ("clock.done", "info", ("count", "pid")),
        ("two.failed", "error", ("exception",)),
        ("door.opened", "info", ()),
        ("door.closed", "info", ()),
    ]


def test_a_line_of_another_shape_changes_the_page(tmp_path: Path) -> None:
    before = page(lines_of(tmp_path), TOLD)
    assert "| `door.shut` | warning | `lead`, `late_s?` | A door. |" in before
    assert "| `refine.done`<br>`clock.done` | info | `count`, `pid` | Done. |" in before
    for old, new in (("log.warning", "log.error"), ('"count": 1', '"lead": 1')):
        assert page(lines_of(tmp_path, SOURCE.replace(old, new)), TOLD) != before


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('"two.failed"', '"new.event"', "what new.event means"),
        ('"door.shut", extra=extra', '"door.shut", extra={"size": 1}', r"\['size'\]"),
        ('log.exception("two.failed")', "pass", r"no code logs .*'two.failed'"),
    ],
)
def test_what_has_no_meaning_or_no_line_stops_the_page(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    with pytest.raises(Missing, match=complaint):
        page(lines_of(tmp_path, SOURCE.replace(old, new)), TOLD)


@pytest.mark.parametrize(
    "line",
    ['log.info(name + ".done")', 'log.info("a.b", extra=made())', 'log.info("a.b", extra=x)'],
)
def test_a_line_that_can_not_be_read_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(Unresolved, match=r"doors\.py:2"):
        lines_of(tmp_path, f"def f():\n    {line}\n")


def test_every_logged_field_is_written_to_the_log(ours: list[LogLine]) -> None:
    fields = {field.rstrip("?"): line.where for line in ours for field in line.fields}
    assert {f: where for f, where in fields.items() if f not in {*ALLOWED, "exception"}} == {}


def test_every_logger_of_the_code_is_one_that_the_page_knows() -> None:
    package = Path(leadline.__file__).parent
    loggers = [
        line.strip()
        for path in package.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if "getLogger(__name__)" in line
    ]
    assert loggers
    assert set(loggers) == {"log = logging.getLogger(__name__)"}


def test_the_page_has_the_events_of_every_wing_that_logs(ours: list[LogLine]) -> None:
    made = text()
    assert all(f"`{line.event}`" in made for line in ours)

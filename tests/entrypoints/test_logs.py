"""Log lines: their two forms, and that nothing personal gets into them."""

import io
import json
import logging
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.entrypoints.logs import ALLOWED, JsonFormatter, TextFormatter, configure
from leadline.model.errors import NotUnderstood, StorageFailed, Unreadable

EMAIL = "jane.roe@example.com"
PHONE = "+1 201-555-0123"
NAME = "Jane Roe"
PERSONAL = (EMAIL, PHONE, NAME)
FORMATTERS = [JsonFormatter(), TextFormatter()]

log = logging.getLogger("leadline.somewhere")


class LoggedLines:
    """What was logged through `configure`."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def texts(self) -> list[str]:
        return self.stream.getvalue().splitlines()

    @property
    def only(self) -> dict[str, Any]:
        (line,) = self.texts
        parsed = json.loads(line)
        assert isinstance(parsed, dict)
        return parsed


@pytest.fixture
def lines() -> Iterator[Callable[..., LoggedLines]]:
    root = logging.getLogger()
    names = ("uvicorn", "asyncio", "urllib3")
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in names}

    def start(level: str = "info", form: str = "json") -> LoggedLines:
        lines = LoggedLines()
        configure(level, form, lines.stream)
        return lines

    yield start
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in names:
        logging.getLogger(name).setLevel(levels[name])


def record(message: object = "refine.done", *args: object, **extra: object) -> logging.LogRecord:
    return log.makeRecord(log.name, logging.INFO, "file.py", 1, message, args, None, extra=extra)


def raised(error: BaseException, cause: BaseException | None = None) -> logging.LogRecord:
    try:
        raise error from cause
    except BaseException:
        return log.makeRecord(
            log.name, logging.ERROR, "file.py", 1, "refine.failed", (), sys.exc_info()
        )


# --- form -------------------------------------------------------------------------------------


def test_a_line_is_one_json_object_with_the_event_and_its_figures(
    lines: Callable[..., LoggedLines],
) -> None:
    out = lines()
    log.info("refine.done", extra={"lead": "0190-a", "attempt": 2, "late_s": 0.25})
    line = out.only
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("time"))
    assert line == {
        "level": "info",
        "event": "refine.done",
        "lead": "0190-a",
        "attempt": 2,
        "late_s": 0.25,
    }


def test_a_line_for_eyes_says_the_same(lines: Callable[..., LoggedLines]) -> None:
    out = lines(form="text")
    log.warning("child.died", extra={"role": "http", "pid": 12})
    (line,) = out.texts
    assert re.fullmatch(r"\S+Z warning child\.died role=http pid=12", line)


def test_the_time_is_utc() -> None:
    at = record()
    at.created = 1_700_000_000.5
    assert json.loads(JsonFormatter().format(at))["time"] == "2023-11-14T22:13:20.500Z"


def test_less_grave_events_are_left_out(lines: Callable[..., LoggedLines]) -> None:
    out = lines(level="warning")
    log.info("refine.done")
    log.warning("clock.jumped_back")
    assert out.only["event"] == "clock.jumped_back"


def test_configuring_twice_writes_each_line_once(lines: Callable[..., LoggedLines]) -> None:
    first, second = lines(), lines()
    log.info("refine.done")
    assert first.texts == []
    assert len(second.texts) == 1


def test_standard_error_is_the_default() -> None:
    program = (
        "import logging; from leadline.entrypoints.logs import configure\n"
        "configure('info', 'json');"
        "logging.getLogger('leadline.x').info('server.ready')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == ""
    assert json.loads(done.stderr)["event"] == "server.ready"


# --- nothing personal ---------------------------------------------------------------------------


@pytest.mark.parametrize("formatter", FORMATTERS)
def test_only_known_keys_are_written(formatter: logging.Formatter) -> None:
    written = formatter.format(record(lead="0190-a", email=EMAIL, contact={"name": NAME}))
    assert "0190-a" in written
    assert not any(personal in written for personal in PERSONAL)
    assert "contact" not in written


@pytest.mark.parametrize("formatter", FORMATTERS)
@pytest.mark.parametrize("key", sorted(ALLOWED))
def test_an_address_under_a_known_key_is_taken_out(formatter: logging.Formatter, key: str) -> None:
    written = formatter.format(record(**{key: f"no such user: <{EMAIL}>"}))
    assert "no such user: [address]" in written
    assert "example.com" not in written


@pytest.mark.parametrize("formatter", FORMATTERS)
@pytest.mark.parametrize(
    "logged",
    [
        record(f"lead of {NAME}, {EMAIL}, {PHONE}"),
        record("lead of %s, %s, %s", NAME, EMAIL, PHONE),
        record("%s", f"{NAME} {EMAIL} {PHONE}"),
        record({"name": NAME, "email": EMAIL, "phone": PHONE}),
        raised(ValueError(f"{NAME} <{EMAIL}> {PHONE}")),
        raised(KeyError(NAME), ValueError(EMAIL + PHONE)),
        raised(ExceptionGroup(NAME, [ValueError(EMAIL + PHONE)])),
    ],
)
def test_words_that_may_quote_a_lead_are_not_written(
    formatter: logging.Formatter, logged: logging.LogRecord
) -> None:
    written = formatter.format(logged)
    assert not any(personal in written for personal in PERSONAL)


def test_a_line_without_an_events_name_tells_where_it_was_logged() -> None:
    line = json.loads(JsonFormatter().format(record("lead of %s", NAME)))
    assert line["event"] == "unnamed"
    assert (line["logger"], line["at"]) == ("leadline.somewhere", "file.py:1")
    assert line["form"] == "lead of %s"


def test_the_words_of_libraries_are_not_written(lines: Callable[..., LoggedLines]) -> None:
    out = lines()
    logging.getLogger("asyncio").error(f"Task exception was never retrieved: {EMAIL}")
    logging.getLogger("leadlines").error(f"somebody.{NAME}")
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request: %s", PHONE)
    assert not any(personal in "".join(out.texts) for personal in PERSONAL)
    asyncio_, other, uvicorn = map(json.loads, out.texts)
    assert asyncio_["logger"] == "asyncio"
    assert asyncio_["at"].startswith("test_logs.py:")
    assert other["event"] == "unnamed"
    assert uvicorn["form"] == "Invalid HTTP request: %s"


def test_requests_of_apprise_are_not_logged_one_by_one(lines: Callable[..., LoggedLines]) -> None:
    out = lines("debug")
    logging.getLogger("urllib3.connectionpool").debug("%s GET %s", "https://x.example", "/secret")
    logging.getLogger("urllib3.connection").warning("odd headers (url=%s)", "https://x.example")
    assert out.texts == []


def test_a_foreign_exception_is_its_type_and_its_lines() -> None:
    line = json.loads(JsonFormatter().format(raised(KeyError(NAME), OSError(EMAIL))))
    assert line["exception"] == "KeyError"
    assert line["causes"] == ["OSError"]
    assert len(line["frames"]) == 1
    assert re.fullmatch(r"entrypoints/test_logs\.py:\d+", line["frames"][0])
    assert "detail" not in line


def test_our_own_errors_may_speak() -> None:
    line = json.loads(JsonFormatter().format(raised(NotUnderstood("no name was found"))))
    assert line["exception"] == "NotUnderstood"
    assert line["detail"] == "no name was found"
    line = json.loads(JsonFormatter().format(raised(StorageFailed())))
    assert line["detail"] == StorageFailed.title


def test_our_own_error_does_not_pass_on_the_words_of_its_cause() -> None:
    written = JsonFormatter().format(raised(Unreadable("no JSON"), ValueError(NAME)))
    assert NAME not in written
    assert json.loads(written)["causes"] == ["ValueError"]


def test_a_very_deep_traceback_stays_short() -> None:
    def fall(depth: int) -> None:
        if not depth:
            raise ValueError
        fall(depth - 1)

    try:
        fall(200)
    except ValueError as error:
        written = JsonFormatter().format(raised(error))
    assert len(json.loads(written)["frames"]) == 12


@pytest.mark.parametrize("formatter", FORMATTERS)
@given(st.text() | st.text(st.characters(categories=["Cc", "Cs", "Zl", "Zp"])))
def test_any_value_gives_one_line_that_can_be_written(
    formatter: logging.Formatter, value: str
) -> None:
    written = formatter.format(record(reason=value, error=ValueError(value)))
    assert len(written.splitlines()) == 1
    written.encode("utf-8")
    assert len(written) < 3000


def test_a_line_that_can_not_be_written_is_told_without_what_was_in_it(
    lines: Callable[..., LoggedLines], capfd: pytest.CaptureFixture[str]
) -> None:
    out = lines()
    out.stream.close()
    log.info("refine.done", extra={"lead": NAME})
    text = capfd.readouterr().err
    assert "can't log: ValueError" in text
    assert NAME not in text


def test_a_crash_is_logged_without_the_words_of_its_exception() -> None:
    program = (
        "import sys; from leadline.entrypoints.logs import configure\n"
        "configure('info', 'json', sys.stderr); "
        "raise ValueError('ada@example.com')"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert run.returncode == 1
    (line,) = run.stderr.splitlines()
    told = json.loads(line)
    assert (told["event"], told["exception"]) == ("process.crashed", "ValueError")
    assert "example.com" not in run.stderr

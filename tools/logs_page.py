"""The page docs/reference/logs.md: every event that the code logs, and what it means."""

import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import leadline
from tools.log_events import LogLine, log_lines

MEANINGS_FILE = Path(__file__).with_name("log_events.toml")

_HEAD = """# Log events

<!-- Written by `make docs` from the code and tools/log_events.toml: edit those, not this. -->

Leadline writes its log to standard error, one JSON object a line (with `log_format = "text"` one
line of `key=value`). On AWS the functions write the same lines to CloudWatch Logs; `leadline logs`
shows them. `log_level` sets the lowest level that is written.

```json
{"time":"2026-03-02T09:10:00.120Z","level":"info","event":"refine.done","lead":"0193a5b2-…",
 "attempt":1,"late_s":0.12}
```

Every line has `time` (UTC), `level` and `event`. The other fields are listed with each event; a `?`
marks those that some of its lines lack. On AWS every line also has `request`, the id of the
invocation. No line holds a name, an e-mail address, a phone number or a secret.

- **`exception`** stands for up to four fields: `exception`, its type; `frames`, the files and lines
  where it was raised, the innermost last; `causes`, the types of the exceptions behind it; and, for
  errors of Leadline's own, `detail`, their words.
- **`unnamed`** is the event of lines that libraries write: `logger` and `at` say which library and
  which line, `form` is the text without its arguments.

"""
_EVENTS = "## {title}\n\n| event | level | fields | meaning |\n| --- | --- | --- | --- |\n"
_FIELDS = "## Fields\n\n| field | meaning |\n| --- | --- |\n"


class Missing(Exception):
    """An event or field without a meaning, or a meaning without an event."""


def text() -> str:
    """The page; raises Missing."""
    return page(
        log_lines(Path(leadline.__file__).parent),
        tomllib.loads(MEANINGS_FILE.read_text(encoding="utf-8")),
    )


def page(lines: Sequence[LogLine], told: Mapping[str, Any]) -> str:
    """The page of these lines, with what is *told* of `events` by heading and of `fields`."""
    meanings = {key: words for group in told["events"].values() for key, words in group.items()}
    rows = _rows(lines, meanings)
    if unused := sorted(meanings.keys() - rows.keys()):
        raise Missing(f"no code logs these events of tools/log_events.toml: {unused}")
    used = sorted({field.rstrip("?") for line in lines for field in line.fields} - {"exception"})
    if absent := [field for field in used if field not in told["fields"]]:
        raise Missing(f"say in tools/log_events.toml what these fields hold: {absent}")
    parts = [_HEAD]
    for title, group in told["events"].items():
        parts.append(_EVENTS.format(title=title))
        parts += [f"{row} {meanings[key]} |\n" for key in group for row in rows[key]]
        parts.append("\n")
    return "".join([*parts, _FIELDS, *(f"| `{f}` | {told['fields'][f]} |\n" for f in used)])


def _rows(lines: Sequence[LogLine], meanings: Mapping[str, str]) -> Mapping[str, list[str]]:
    """The first cells of each row, by the key of its meaning; events that differ in their names
    alone share one."""
    shapes: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for event in dict.fromkeys(line.event for line in lines):
        mine = [line for line in lines if line.event == event]
        levels = ", ".join(dict.fromkeys(line.level for line in mine))
        fields = ", ".join(f"`{field}`" for field in _fields(mine))
        shapes[_key_of(event, meanings)][f"{levels} | {fields}"].append(f"`{event}`")
    return {
        key: [f"| {'<br>'.join(events)} | {shape} |" for shape, events in found.items()]
        for key, found in shapes.items()
    }


def _key_of(event: str, meanings: Mapping[str, str]) -> str:
    """The key of an event's meaning: its name, else the pattern that fits; raises Missing."""
    fitting = [key for key in meanings if key == event or fnmatchcase(event, key)]
    if not fitting:
        raise Missing(f"say in tools/log_events.toml what {event} means")
    return event if event in fitting else max(fitting, key=len)


def _fields(lines: Sequence[LogLine]) -> list[str]:
    """The fields of an event; with `?` those that some of its lines lack."""
    names = dict.fromkeys(field.rstrip("?") for line in lines for field in line.fields)
    return [n if all(n in line.fields for line in lines) else f"{n}?" for n in names]

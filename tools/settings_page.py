"""The text of docs/reference/settings.md, out of the declarations."""

import textwrap
from collections.abc import Mapping
from pathlib import Path

from leadline.plugins import source_names
from leadline.settings.crm import READ_FIELDS, WRITE_FIELDS
from leadline.settings.declaration import Declaration, SettingsTable
from leadline.settings.general import PREFIX, declared
from leadline.settings.loading import CONFIG, CONFIG_VARIABLE
from leadline.settings.sources import MAPPED_FIELDS
from leadline.settings.tables import TABLES

EXAMPLE = Path(__file__).parent.parent / "leadline.example.toml"

_INTRODUCTION = f"""# Settings

<!-- Written by `make docs` out of src/leadline/settings/general.py: edit that, not this. -->

Every setting can stand in five places. The first that has it wins:

1. a flag of the command line, such as `--delay 10m`;
2. the environment, such as `LEADLINE_DELAY=10m`;
3. the file `.env` in the current folder, with the names of the environment;
4. the file `{CONFIG}` in the current folder, or the one that `--config FILE` or
   `{CONFIG_VARIABLE}` names, such as `delay = "10m"`;
5. the default below.

`leadline config show` prints each value and where it came from, secrets masked. A name that does
not exist (also in the environment, if it starts with `{PREFIX}`) and a value that can't be right
stop Leadline with a message that names the file and line, or the variable, and what is allowed.
All layers are checked, also where a higher one wins, and all mistakes are told at once.

## How values are written

| kind | written | note |
| --- | --- | --- |
| duration | `500ms`, `5s`, `10m`, `24h`, `7d`, `1.5h`, `0` | a number without its unit is an \
error, except 0; at most 3650d |
| size | `1048576`, `500KB`, `1MiB` | bytes without a unit; KB and MB count in thousands, KiB and \
MiB in 1024s; at most 1024MiB |
| words | `one two` or `one,two` | in TOML a list, `["one", "two"]`, or a text for a single word, \
whatever stands in it |

In TOML, durations and sizes with a unit are texts: `delay = "10m"`. In `.env` nothing is
interpolated, so a secret may contain `$`. A secret that is given but empty is an error, so that a
variable which came out empty lets nobody in.
"""

_SOURCES = """## Sources

Each sender has settings of its own. They stand in the table `[sources.NAME]` of the TOML file, or
in variables such as `LEADLINE_SOURCES__CLOSE__SECRET`, with two underscores between the parts. The
names are those in the webhook's URL:

{names}
"""

_MAP = """### Where fields stand: `[sources.NAME.map]`

For JSON and forms of your own shape, say where a field of a lead stands, by JSON Pointer
(`/data/contact/mail`) or dotted path (`data.contact.mail`), in TOML or in a variable such as
`LEADLINE_SOURCES__GENERIC__MAP__EMAIL`. `event_id` is what a sender's redeliveries repeat, `record`
the CRM's id of the lead, `crm_url` where "Open in CRM" leads: any `http(s)` URL, so place no field
of a public form there. Sources with formats of their own, such as Close, have no use for it. What
stands there is still the sender's word: a placed `owner` decides nothing without
`owner = "trusted"`. The fields are

{fields}
"""

_TABLES = {
    "crm": f"""## CRMs

A CRM that is asked for owners and fields, and that is given back what was learned, stands in
`[crm.SOURCE]`, named as the source whose leads it holds. In `[crm.SOURCE.read]` fields of a lead
are placed in the CRM's own fields: {", ".join(f"`{n}`" for n in READ_FIELDS)}. In
`[crm.SOURCE.write]` what is given back: {", ".join(f"`{n}`" for n in WRITE_FIELDS)}. In
`[crm.SOURCE.endings]` the CRM's own words for how a lead ended become `won`, `lost` or
`disqualified`.
""",
    "channels": """## Channels

Each destination of alerts stands in `[channels.NAME]`. `slack_webhook_url` above makes one that is
called `slack`.
""",
    "rules": """## Rules

Which channels hear of a lead: of the tables `[rules.NAME]`, in their order, the first decides of
which everything fits. Where none does, all channels hear of it that have `leads = "yes"`.
""",
    "people": """## People

The team, in `[people.NAME]`: who an owner is to Slack, and when they want to be left alone.
""",
    "hours": """## Hours

Business hours, in `[hours.NAME]`, for rules and targets.
""",
    "targets": """## Targets

How long a lead may wait for its first response, in `[targets.NAME]`. Of these, in their order, the
first counts that fits; where none does, no clock runs.
""",
}

_EXAMPLE = """## An example

`leadline.example.toml`, which every test run loads:

```toml
{example}```
"""


def text() -> str:
    """The whole page."""
    own = {
        name: ([_variable(name), *declaration.aliases], declaration)
        for name, declaration in declared().items()
    }
    parts = (
        _INTRODUCTION,
        "## Leadline's own settings\n\nThe setting's name is also its name in TOML.\n\n"
        + _table(own),
        _SOURCES.format(names=_listed(source_names()))
        + "\n"
        + _entries("sources", TABLES["sources"]),
        _MAP.format(fields=_listed(MAPPED_FIELDS)),
        *(f"{words}\n{_entries(name, TABLES[name])}" for name, words in _TABLES.items()),
        _EXAMPLE.format(example=EXAMPLE.read_text(encoding="utf-8")),
    )
    return "\n".join(parts)


def _entries(table: str, what: SettingsTable) -> str:
    return _table(
        {
            name: ([_variable(f"{table}__name__{name}")], declaration)
            for name, declaration in what.settings.items()
        }
    )


def _table(rows: Mapping[str, tuple[list[str], Declaration]]) -> str:
    lines = ["| setting | environment | default | meaning | must be |", "| --- " * 5 + "|"]
    for name, (variables, declared_as) in rows.items():
        shown = "<br>".join(f"`{v}`" for v in variables)
        default = f"`{declared_as.default}`" if declared_as.default else ""
        secret = " Secret: never shown." if declared_as.secret else ""
        meaning = declared_as.meaning + secret
        lines.append(
            f"| `{name}` | {shown} | {default} | {meaning} | {declared_as.notation.words} |"
        )
    return "\n".join(lines) + "\n"


def _variable(name: str) -> str:
    return PREFIX + name.upper()


def _listed(words: tuple[str, ...]) -> str:
    return textwrap.fill(", ".join(f"`{word}`" for word in words), 100)

"""The text of docs/reference/settings.md, out of the declarations."""

import textwrap
from collections.abc import Mapping
from pathlib import Path

from leadline.plugins import source_names
from leadline.settings.connected.crm import READ_FIELDS, WRITE_FIELDS
from leadline.settings.connected.sources import MAPPED_FIELDS
from leadline.settings.declaration import Declaration, settings_of
from leadline.settings.layers import CONFIG_VARIABLE
from leadline.settings.loading import CONFIG
from leadline.settings.tables import TABLES, SettingsTable
from leadline.settings.top.general import PREFIX, declared

EXAMPLE = Path(__file__).parent.parent / "leadline.example.toml"

_INTRODUCTION = f"""# Settings

<!-- Written by `make docs` out of the files in src/leadline/settings: edit those, not this. -->

Every setting can be given in five places. The first place that has it wins:

1. a flag of the command line, such as `--delay 10m`;
2. the environment, such as `LEADLINE_DELAY=10m`;
3. the file `.env` in the current folder, with the names of the environment;
4. the file `{CONFIG}` in the current folder, or the one that `--config FILE` or
   `{CONFIG_VARIABLE}` names, such as `delay = "10m"`;
5. the default below.

`leadline config show` prints each value and where it came from, with secrets masked. Leadline does
not start with an unknown name (also in the environment, if it starts with `{PREFIX}`) or an invalid
value; the message names the file and line, or the variable, and what is allowed. All places are
checked, also those that are overridden, and all mistakes are reported at once.

## How values are written

| kind | written | note |
| --- | --- | --- |
| duration | `500ms`, `5s`, `10m`, `24h`, `7d`, `1.5h`, `0` | a number without its unit is an \
error, except 0; at most 3650d |
| size | `1048576`, `500KB`, `1MiB` | bytes without a unit; KB and MB count in thousands, KiB and \
MiB in 1024s; at most 1024MiB |
| words | `one two` or `one,two` | in TOML a list, `["one", "two"]`, or a string for a single \
word, which may then contain anything |

In TOML, durations and sizes with a unit are strings: `delay = "10m"`. In `.env` nothing is
interpolated, so a secret may contain `$`. A secret that is given but empty is an error, so that an
empty variable does not switch authentication off.
"""

_SOURCES = """## Sources

Each source has settings of its own, in the table `[sources.NAME]` of the TOML file or in
variables such as `LEADLINE_SOURCES__CLOSE__SECRET`, with two underscores between the parts. The
names are those in the webhook's URL:

{names}
"""

_MAP = """### Where fields are found: `[sources.NAME.map]`

For JSON and forms of your own shape, say where to find a field of a lead, by JSON Pointer
(`/data/contact/mail`) or dotted path (`data.contact.mail`), in TOML or in a variable such as
`LEADLINE_SOURCES__GENERIC__MAP__EMAIL`. `event_id` is the id that a sender's redeliveries repeat,
`record` the CRM's id of the lead, `crm_url` where "Open in CRM" leads: any `http(s)` URL, so place
no field of a public form there. Sources with a fixed format, such as Close, do not use the map.
What stands there is still the sender's word: an `owner` placed here decides nothing without
`owner = "trusted"`. The fields are

{fields}
"""

_TABLES = {
    "crm": f"""## CRMs

A CRM that is asked for owners and fields, and written back to, is a table `[crm.SOURCE]`, named
after the source whose leads it holds. `[crm.SOURCE.read]` maps fields of a lead to the CRM's own
fields: {", ".join(f"`{n}`" for n in READ_FIELDS)}. `[crm.SOURCE.write]`
maps what is written back: {", ".join(f"`{n}`" for n in WRITE_FIELDS)}. `[crm.SOURCE.endings]`
maps the CRM's words for how a lead ended to `won`, `lost` or `disqualified`. The first settings
below are those of every CRM; those of each kind follow.
""",
    "channels": """## Channels

Each destination of alerts is a table `[channels.NAME]`. `slack_webhook_url` above makes one that
is called `slack`. The first settings below are those of every channel; those of each kind follow. A
setting of another kind is not used, and `leadline serve` and `leadline doctor` say so.
""",
    "rules": """## Rules

Rules decide which channels get a lead, and who gets one that nobody owns. The tables
`[rules.NAME]` are tried in their order: the first one that fits completely and has `channels` (or
`alert = "no"`) decides the channels, and the first that fits and has `team` or `assign` decides
who gets the lead. If none decides the channels, all channels with `leads = "yes"` get it.
[Conditions](conditions.md) has what the lines of `when` can ask.
""",
    "teams": """## Teams

The people among whom leads that nobody owns are given out, in `[teams.NAME]`; a rule names the
team.
""",
    "score_points": """## Points of scores

What conditions add to the score of a lead, in `[score.points.NAME]` (or `[score_points.NAME]`):
[Score leads](../how-to/score-leads.md).
""",
    "outcomes": """## Ad networks

Which ad networks are told what became of leads, each a table `[outcomes.NAME]`
([Tell ad networks what became of leads](../how-to/tell-ad-networks-what-became-of-leads.md)).
Without one nothing is sent. The stages are in a table of their own, `[outcomes.NAME.stages]`.
""",
    "enrich": """## Providers of facts

Where facts about leads are looked up, each a table `[enrich.NAME]`, asked in their order
([Look up facts about leads](../how-to/enrich-leads.md)). Without one nothing is looked up. The
first settings below are those of every provider; those of each kind follow.
""",
    "people": """## People

The team, in `[people.NAME]`: who an owner is in Slack, and when they want no messages.
""",
    "hours": """## Hours

Business hours, in `[hours.NAME]`, for rules and targets.
""",
    "targets": """## Targets

How long a lead may wait for its first response, in `[targets.NAME]`. The tables are tried in their
order and the first that fits counts; if none fits, there is no target.
""",
    "experiments": """## Experiments

Strategies that are tried beside each other on shares of the leads, in `[experiments.NAME]`, as
[Run an experiment](../how-to/run-an-experiment.md) shows. `leadline experiment start` starts one.

`[experiments.NAME.arms]` has the share of each arm by its name: any number above 0, of which only
their ratio counts. The first arm is the usual one: leads that do not take part are treated like it,
and the others are compared with it. `[experiments.NAME.values]` has what an arm does: for `alert`
the line with which its alerts begin, for `routing` the names of rules, with commas. Rules that an
arm names apply to its leads alone, all other rules to all leads; for `model` the same of entries of
`[score.points]`, and a file with a trained model, such as `spring.json`; for `wait` the time, such
as `5m`, in place of `delay`; for `cleaning` what is left out, such as `without names companies`.
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
    """What every entry of a table may say, and below it what only those of a kind may."""
    structs = what.structs()
    others = settings_of(structs[""])
    common = {n: d for n, d in others.items() if all(n in settings_of(s) for s in structs.values())}
    parts = [_rows(table, common)]
    for kind, struct in structs.items():
        own = {n: d for n, d in settings_of(struct).items() if d is not common.get(n)}
        if own:
            title = f"Kind `{kind}`" if kind else "Kinds that other packages add"
            needed = f"Needed: {', '.join(missing)}.\n\n" if (missing := struct().missing()) else ""
            parts.append(f"### {title}\n\n{needed}{_rows(table, own)}")
    return "\n".join(parts)


def _rows(table: str, settings: Mapping[str, Declaration]) -> str:
    return _table({n: ([_variable(f"{table}__name__{n}")], d) for n, d in settings.items()})


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

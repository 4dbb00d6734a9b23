"""The page docs/reference/cli.md, from the commands themselves."""

import inspect
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import typer
from typer.models import ArgumentInfo, OptionInfo

from leadline.entrypoints.cli import app

_HEAD = """# Commands

Generated from the commands themselves by `make docs`.

`leadline [--config FILE] [--data DIR] COMMAND`, or for a stack on AWS `leadline --aws STACK
[--region REGION] COMMAND` ([which commands](../how-to/operate-on-aws.md)); these options may also
stand behind the command. Every command explains itself with `--help`;
those that print data print JSON with `--json`. Data goes to standard output, remarks and progress
to standard error. `NO_COLOR` is respected.

| exit code | |
| --- | --- |
| 0 | done |
| 1 | something is wrong with the leads or the machine, or there is no such lead |
| 2 | the command or the settings are wrong |
"""


def text() -> str:
    """The page."""
    sections = [_section(name, function) for name, function in sorted(_commands(app, "leadline"))]
    return "\n".join([_HEAD, *sections])


def _commands(of: typer.Typer, prefix: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    for command in of.registered_commands:
        assert command.callback is not None
        name = command.name or command.callback.__name__.rpartition("_")[2]
        yield f"{prefix} {name}", command.callback
    for group in of.registered_groups:
        assert group.typer_instance is not None
        yield from _commands(group.typer_instance, f"{prefix} {group.name}")


def _section(name: str, function: Callable[..., Any]) -> str:
    usage, rows = [name], []
    hints = get_type_hints(function, include_extras=True)
    for parameter in inspect.signature(function).parameters.values():
        hint = hints[parameter.name]
        info = _info(hint)
        if info is None or info.hidden:
            continue
        words = info.help or ""
        if not info.metavar:  # else the help says the choices itself
            words += _choices(get_args(hint)[0])
        if isinstance(info, ArgumentInfo):
            shown = parameter.name.upper()
            needed = parameter.default is inspect.Parameter.empty
            usage.append(shown if needed else f"[{shown}]")
        else:
            shown = ", ".join(_names(info) or (f"--{parameter.name.replace('_', '-')}",))
        rows.append(f"| `{shown}` | {words} |")
    lines = [f"## `{' '.join(usage)}`", ""]
    for line in inspect.cleandoc(function.__doc__ or "").split("\n"):
        example = line.removeprefix("Example: ")
        lines.append(f"Example: `{example}`" if example != line else line)
    if rows:
        lines += ["", "| option | |", "| --- | --- |", *rows]
    return "\n".join(lines) + "\n"


def _info(hint: Any) -> ArgumentInfo | OptionInfo | None:
    if get_origin(hint) is not Annotated:
        return None
    return next((m for m in hint.__metadata__ if isinstance(m, ArgumentInfo | OptionInfo)), None)


def _names(info: OptionInfo) -> tuple[str, ...]:
    """Its names. Within Annotated, typer.Option takes the first for the default."""
    return tuple(n for n in (info.default, *(info.param_decls or ())) if isinstance(n, str))


def _choices(kind: Any) -> str:
    kinds = [kind, *get_args(kind)]
    found = next((k for k in kinds if isinstance(k, type) and issubclass(k, Enum)), None)
    return f" One of {', '.join(str(member) for member in found)}." if found else ""

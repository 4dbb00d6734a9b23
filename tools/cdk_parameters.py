"""The generated files of infra/cdk: the template's parameters as types of Python and TypeScript."""

import re
import textwrap
from collections.abc import Mapping
from typing import Any

from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]

from leadline.infra import template

PYTHON = "infra/cdk/leadline_cdk/parameters.py"
TYPESCRIPT = "infra/cdk/typescript/parameters.ts"
OF_THE_PACKAGE = ("CodeBucket", "CaptureCode", "WorkCode", "Runtime", "Architecture")
"""The parameters that follow from the package that is deployed."""
_PYTHON_HEAD = '''"""The template's parameters, with their types.

Written by `make docs` out of src/leadline/infra/template.yaml: edit that, not this.
"""

from dataclasses import dataclass, fields
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """How a stack of Leadline differs from the template's defaults, which None stands for."""

'''
_PYTHON_TAIL = '''
    def values(self) -> dict[str, str]:
        """The values that are not None, by the template's names, as CloudFormation takes them."""
        given = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {_NAMES[name]: _written(value) for name, value in given if value is not None}


def _written(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


_NAMES = {
'''
_TYPESCRIPT_HEAD = """/**
 * The template's parameters, with their types.
 *
 * Written by `make docs` out of src/leadline/infra/template.yaml: edit that, not this.
 */

/** How a stack of Leadline differs from the template's defaults. */
export interface Parameters {
"""


def chosen_parameters() -> dict[str, Mapping[str, Any]]:
    """The declarations of the parameters that people choose, by name."""
    declared: dict[str, Mapping[str, Any]] = yaml_parse(template())["Parameters"]
    return {name: one for name, one in declared.items() if name not in OF_THE_PACKAGE}


def snake_case(name: str) -> str:
    """`KmsKeyArn` as `kms_key_arn`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def python_module() -> str:
    """The text of the Python module."""
    chosen = chosen_parameters()
    members = "\n".join(_member(name, one) for name, one in chosen.items())
    names = "".join(f'    "{snake_case(name)}": "{name}",\n' for name in chosen)
    return f"{_PYTHON_HEAD}{members}{_PYTHON_TAIL}{names}}}\n"


def _member(name: str, declared: Mapping[str, Any]) -> str:
    kind = _python_type(declared)
    return f"    {snake_case(name)}: {_none_or(kind)} = None\n" + "".join(
        f"    {line}\n" for line in _quoted(described(declared))
    )


def _none_or(kind: str) -> str:
    return f"(\n        {kind}\n        | None\n    )" if "\n" in kind else f"{kind} | None"


def _quoted(text: str) -> list[str]:
    return textwrap.wrap(f'"""{text}"""', 94, break_long_words=False)


def _python_type(declared: Mapping[str, Any]) -> str:
    if _is_bool(declared):
        return "bool"
    if values := declared.get("AllowedValues"):
        listed = [json_text(value) for value in values]
        one_line = f"Literal[{', '.join(listed)}]"
        if len(one_line) <= _ONE_LINE:
            return one_line
        return "Literal[\n" + "".join(f"            {one},\n" for one in listed) + "        ]"
    return "int" if declared["Type"] == "Number" else "str"


_ONE_LINE = 58
"""The length of a choice that stands in one line of 100 characters, whatever it is for."""


def json_text(value: str | int) -> str:
    """A value as both languages write it."""
    return str(value) if isinstance(value, int) else f'"{value}"'


def _is_bool(declared: Mapping[str, Any]) -> bool:
    return bool(declared.get("AllowedValues") == ["true", "false"])


def described(declared: Mapping[str, Any]) -> str:
    """What a parameter is, and its default."""
    default = str(declared.get("Default", ""))
    said = f" By default {default}." if default else ""
    return " ".join(declared["Description"].split()) + said


def typescript_module() -> str:
    """The text of the TypeScript module."""
    members = "".join(
        "".join(f"  {line}\n" for line in _comment(described(one)))
        + f"  readonly {name}?: {_typescript_type(one)};\n"
        for name, one in chosen_parameters().items()
    )
    return f"{_TYPESCRIPT_HEAD}{members}}}\n"


def _comment(text: str) -> list[str]:
    lines = textwrap.wrap(text, 94, break_long_words=False)
    if len(lines) == 1:
        return [f"/** {text} */"]
    return ["/**", *(f" * {line}" for line in lines), " */"]


def _typescript_type(declared: Mapping[str, Any]) -> str:
    if _is_bool(declared):
        return "boolean"
    if values := declared.get("AllowedValues"):
        return " | ".join(json_text(value) for value in values)
    return "number" if declared["Type"] == "Number" else "string"

"""The generated files of infra/serverless: functions and resources, out of the template.

The Serverless Framework uploads code and creates functions under names of its own, so each function
of the template becomes an entry of `functions`, and its properties an extension of the resource
that the framework makes of that entry (Serverless Framework docs, "AWS - Resources", "Override AWS
CloudFormation Resource"). Everything else is the template's own text.
"""

import copy
import functools
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import yaml  # type: ignore[import-untyped]
from samtranslator.translator.transform import transform  # type: ignore[import-untyped]
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]

from leadline.cloud.packages.package_folder import CODE_PARAMETERS
from leadline.infra import template

FUNCTIONS = "infra/serverless/functions.yml"
RESOURCES = "infra/serverless/resources.yml"
LEFT_OUT = ("AWSTemplateFormatVersion", "Transform", "Metadata", "Rules", "Globals")
"""Sections that the framework writes itself or refuses, and those of SAM."""
CODE_BUCKET = "CodeBucket"
"""The parameter that the framework has no use for, because it uploads to a bucket of its own."""
_BY_THE_FRAMEWORK = ("Code", "Handler", "Role", "Tags")
_HEAD = "# Written by `make docs` out of src/leadline/infra/template.yaml: edit that, not this.\n"
_FUNCTIONS_HEAD = """
# The functions as the Serverless Framework knows them (`serverless logs -f capture`). Their other
# properties are in the extensions of resources.yml, where parameters set them.

"""
_RESOURCES_HEAD = """
# Everything but the code of the functions. Other versions of Leadline have other resources, so
# this file comes with the version whose package is deployed.

"""
_MADE_HEAD = """
  # What SAM makes of its own resources, such as the events of functions.

"""
_EXTENSIONS_HEAD = """
# The properties of the functions.

extensions:
"""


def functions_file() -> str:
    """The text of functions.yml."""
    entries = {
        entry_of(name): _entry(name, resource) for name, resource in sorted(_functions().items())
    }
    return _HEAD + _FUNCTIONS_HEAD + _dumped(entries)


def resources_file() -> str:
    """The text of resources.yml."""
    sections = [_renamed(text) for name, text in _sections() if name not in LEFT_OUT]
    body = "\n".join(text.strip("\n") + "\n" for text in sections)
    extensions = {
        logical_id(name): {**_attributes(resource), "Properties": _properties(resource)}
        for name, resource in _functions().items()
    }
    return _HEAD + _RESOURCES_HEAD + body + _EXTENSIONS_HEAD + _indented(_dumped(extensions))


def entry_of(function: str) -> str:
    """The key in `functions` of a function of the template."""
    return function[0].lower() + function[1:]


def logical_id(function: str) -> str:
    """The logical id that the framework gives to a function of the template."""
    return f"{function}LambdaFunction"


@functools.cache
def written() -> Mapping[str, Any]:
    """The template as it is written."""
    parsed: Mapping[str, Any] = yaml_parse(template())
    return parsed


@functools.cache
def translated() -> Mapping[str, Any]:
    """The template as SAM translates it, before CloudFormation resolves parameters."""
    needed = {
        name: "value" for name, one in written()["Parameters"].items() if "Default" not in one
    }
    with patch.dict(os.environ, {"AWS_DEFAULT_REGION": "eu-west-1"}):
        found: Mapping[str, Any] = transform(
            copy.deepcopy(dict(written())), needed, SimpleNamespace(load=dict)
        )
    return found


def _functions() -> dict[str, dict[str, Any]]:
    return {
        name: resource
        for name, resource in translated()["Resources"].items()
        if resource["Type"] == "AWS::Lambda::Function"
    }


def _entry(name: str, resource: Mapping[str, Any]) -> dict[str, Any]:
    source = written()["Resources"][name]["Properties"]["CodeUri"]["Key"]["Ref"]
    (zipped,) = (one for one, parameter in CODE_PARAMETERS.items() if parameter == source)
    condition = {"condition": resource["Condition"]} if "Condition" in resource else {}
    return {
        "handler": resource["Properties"]["Handler"],
        "package": {"artifact": f"${{self:custom.package}}/{zipped}.zip"},
        "role": resource["Properties"]["Role"],
        **condition,
        "disableLogs": True,  # the log group is among the resources
    }


def _attributes(resource: Mapping[str, Any]) -> dict[str, Any]:
    """What a resource has beside type, properties and condition."""
    return {k: v for k, v in resource.items() if k not in ("Type", "Properties", "Condition")}


def _properties(resource: Mapping[str, Any]) -> dict[str, Any]:
    properties = resource["Properties"]
    return {k: v for k, v in properties.items() if k not in _BY_THE_FRAMEWORK}


def _made_by_sam() -> dict[str, Any]:
    """The resources, apart from functions, that are only in the translated template or were of
    SAM's own types."""
    as_written = written()["Resources"].keys() - _of_sam()
    made = translated()["Resources"].keys() - as_written - _functions().keys()
    return {name: translated()["Resources"][name] for name in sorted(made)}


def _of_sam() -> set[str]:
    """The resources of types that only SAM knows."""
    resources = written()["Resources"].items()
    return {name for name, one in resources if one["Type"].startswith("AWS::Serverless::")}


def _sections() -> Iterator[tuple[str, str]]:
    """The sections of the template with their names, without CodeBucket and resources of SAM."""
    for section in re.split(r"(?m)^(?=[A-Za-z])", template())[1:]:
        name = section.partition(":")[0]
        if name == "Parameters":
            section = without_entries(section, lambda one: one == CODE_BUCKET)
        if name == "Resources":
            section = without_entries(section, _of_sam().__contains__).rstrip("\n") + "\n"
            section += _MADE_HEAD + _indented(_dumped(_made_by_sam()))
        yield name, section


def without_entries(section: str, unwanted: Callable[[str], bool]) -> str:
    """A section of a template without some of its entries and the comments right above these."""
    above = r"(?:(?<=\n)  #.*\n)*"
    entry = rf"(?m){above}^  (?P<name>\w+):\n(?:(?:    .*)?\n)*?(?=  \S|\n  \S|\Z)"
    kept = re.sub(entry, lambda m: "" if unwanted(m["name"]) else m[0], section)
    return re.sub(r"\n{3,}", "\n\n", kept)


def _renamed(text: str) -> str:
    """The text with the framework's logical ids in all references to functions."""
    names = "|".join(map(re.escape, _functions()))
    for before, after in (
        (r"!Ref ", r"\b(?![.\w])"),
        (r"!GetAtt ", r"(?=\.)"),
        (r"\$\{", r"(?=[.}])"),
        (r"(?:Ref: |GetAtt:\n\s+- )", r"\b"),
    ):
        text = re.sub(rf"({before})({names}){after}", lambda m: m[1] + logical_id(m[2]), text)
    return text


def _dumped(content: Mapping[str, Any]) -> str:
    """YAML, with intrinsic functions in their long form. A copy shares nothing, so that what occurs
    twice is written twice."""
    copied = json.loads(json.dumps(content))
    return str(yaml.safe_dump(copied, sort_keys=False, width=100, allow_unicode=True))


def _indented(text: str) -> str:
    return "".join(f"  {line}" if line.strip() else line for line in text.splitlines(True))

"""The generated file of infra/terraform: a variable for each parameter of the template."""

import json

from tools.cdk_parameters import chosen_parameters, described, snake_case

FILE = "infra/terraform/parameters.tf"
_HEAD = """# Written by `make docs` out of src/leadline/infra/template.yaml: edit that, not this.
#
# null is the template's default.

"""
_LOCALS = """
locals {
  chosen = {
"""


def text() -> str:
    """The text of the file."""
    chosen = chosen_parameters()
    variables = "\n".join(
        f'variable "{snake_case(name)}" {{\n'
        f"  description = {_quoted(described(declared))}\n"
        f"  type        = {'number' if declared['Type'] == 'Number' else 'string'}\n"
        "  default     = null\n"
        "}\n"
        for name, declared in chosen.items()
    )
    width = max(map(len, chosen))
    values = "".join(f"    {name.ljust(width)} = var.{snake_case(name)}\n" for name in chosen)
    return f"{_HEAD}{variables}{_LOCALS}{values}  }}\n}}\n"


def _quoted(said: str) -> str:
    """A text as HCL writes it, in which `${` and `%{` would begin a template."""
    return json.dumps(said, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")

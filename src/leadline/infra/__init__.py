"""What Leadline runs on in AWS: one SAM template, shipped with the package."""

from importlib.resources import files


def template() -> str:
    """The text of the template (YAML), as `leadline deploy aws` sends it to CloudFormation."""
    return files(__name__).joinpath("template.yaml").read_text(encoding="utf-8")

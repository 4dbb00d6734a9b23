"""What Leadline runs on in AWS: a SAM template, shipped with the package, and one of the endpoints
that it needs in a VPC without the internet."""

from importlib.resources import files


def template() -> str:
    """The text of the template (YAML), as `leadline deploy aws` sends it to CloudFormation."""
    return files(__name__).joinpath("template.yaml").read_text(encoding="utf-8")


def vpc_endpoints() -> str:
    """The text of the template (YAML) of the endpoints, for a stack of its own in each VPC."""
    return files(__name__).joinpath("vpc-endpoints.yaml").read_text(encoding="utf-8")

"""What numbers of leads ask of AWS, in docs/how-to/scale-on-aws.md, between `<!-- reach -->`."""

from bench import reach
from tools.blocks import ROOT, in_text

PAGE = "docs/how-to/scale-on-aws.md"


def page() -> str:
    """The page with the table of now."""
    text = (ROOT / PAGE).read_text(encoding="utf-8")
    return in_text(PAGE, text, "reach", "\n".join(reach.table()) + "\n")

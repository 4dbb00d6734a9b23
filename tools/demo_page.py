"""How much the demo sends, in README.md and the quickstart, between `<!-- demo -->` marks."""

from leadline.standins.demo_extent import demo_extent
from tools.blocks import ROOT, in_text

QUICKSTART = "docs/tutorials/quickstart.md"


def block() -> str:
    """The sentence; its numbers are counted from the samples."""
    return (
        f"{demo_extent()}. You see them captured, refined and alerted,\n"
        "one claimed by a button, a reminder of one that nobody touches, owners that come late, "
        "and what is written back to the CRM.\n"
    )


def with_demo(page: str, text: str) -> str:
    """The text of a page with the sentence of now."""
    return in_text(page, text, "demo", block())


def quickstart() -> str:
    """The quickstart with the sentence of now."""
    return with_demo(QUICKSTART, (ROOT / QUICKSTART).read_text(encoding="utf-8"))

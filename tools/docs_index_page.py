"""The list of decisions in docs/README.md; the rest of that page is written by hand."""

from tools.blocks import ROOT, with_block

INDEX = "docs/README.md"


def text() -> str:
    """The index with every decision by its title, in the order of their numbers."""
    pages = sorted((ROOT / "docs/decisions").glob("*.md"))
    titles = [(page, page.read_text(encoding="utf-8").partition("\n")[0]) for page in pages]
    lines = [f"- [{title.removeprefix('# ')}](decisions/{page.name})\n" for page, title in titles]
    return with_block(INDEX, "decisions", "".join(lines))

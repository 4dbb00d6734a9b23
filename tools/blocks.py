"""Generated parts of pages written by hand, between `<!-- NAME -->` and `<!-- /NAME -->`."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent


def with_block(page: str, name: str, block: str, root: Path = ROOT) -> str:
    """The text of a page with *block* between the marks; raises ValueError where they are not there
    exactly once."""
    return in_text(page, (root / page).read_text(encoding="utf-8"), name, block)


def in_text(page: str, text: str, name: str, block: str) -> str:
    """This text of a page with *block* between the marks; raises ValueError as `with_block`."""
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    if len(pattern.findall(text)) != 1:
        raise ValueError(f"{page}: put the marks <!-- {name} --> and <!-- /{name} --> there once")
    return pattern.sub(lambda found: found[1] + block + found[2], text)

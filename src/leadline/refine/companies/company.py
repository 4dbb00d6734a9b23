"""Company names: removes placeholders, and corrects the case of names and legal forms."""

from collections.abc import Callable
from functools import cache

from leadline.model.lead import Change
from leadline.refine import text
from leadline.refine.companies.form_case import with_legal_forms
from leadline.refine.companies.placeholders import PLACEHOLDERS, is_placeholder
from leadline.refine.mends import mending

__all__ = ["PLACEHOLDERS", "refine_company"]


def refine_company(written: str | None) -> tuple[str | None, tuple[Change, ...]]:
    """The refined company, and the changes."""
    if not written:
        return None, ()
    kept, changes = text.clean("company", written)
    if kept is None:
        return None, changes
    if is_placeholder(kept):
        return None, (*changes, text.altered("company", kept, None, "company.placeholder"))
    if " " not in kept:  # one word: the case of NVIDIA, adidas and IKEA is intended
        return kept, changes
    for _ in range(2):  # after a legal form became capitals, the whole name may be in capitals
        cased = _recase()(kept) if kept.isupper() or kept.islower() else kept
        if mending.mended("company", cased) != cased:
            cased = kept  # capitals that look like damage
        if cased != kept:
            cased = text.line(cased)  # a capital and its accent may be one character
            changes = (*changes, text.altered("company", kept, cased, "company.case"))
        kept = with_legal_forms(cased)
        if kept == cased:
            break  # the next round would find nothing new
        changes = (*changes, text.altered("company", cased, kept, "company.legal_form"))
    return kept, changes


@cache
def _recase() -> Callable[[str], str]:
    from leadline.refine.companies.case import recase_company  # its words load when they are needed

    return recase_company

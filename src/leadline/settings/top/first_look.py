"""The top-level settings about what is done first for hot leads (`[score]`)."""

from collections.abc import Mapping

from leadline.settings.declaration import setting
from leadline.settings.notation.notations import YES_NO
from leadline.settings.top.score import PARTS_AS_TABLE as BEFORE
from leadline.settings.top.score import ScoreSettings


class FirstLookSettings(ScoreSettings, frozen=True):
    """The part of `Settings` that says whether leads are looked at before their wait is over."""

    score_first_look: bool = setting(
        "no",
        "Whether new leads are scored at once, and the wait of hot ones ends then. In TOML, you "
        "can also write `first_look` in a table `[score]`.",
        YES_NO,
    )


PARTS_AS_TABLE: Mapping[tuple[str, ...], str] = {
    **BEFORE,
    ("score", "first_look"): "score_first_look",
}
"""Those of this part of `Settings` and of the parts before it."""

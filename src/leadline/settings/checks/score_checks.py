"""Checks of `[score]`, and of the conditions of its points."""

from collections.abc import Iterator

from leadline.settings.conditions.fields import HISTORY
from leadline.settings.files import SettingPath
from leadline.settings.top.general import Settings

_OF_THE_SCORE = ("score", "score.fit", "score.intent", "hot")
_OF_THE_WORK = ("owner", "ownership")


def wrong_score(settings: Settings) -> Iterator[tuple[SettingPath, str]]:
    """The path of each setting of scores that cannot be, with the error message."""
    if settings.score_hot.best is not None and not settings.score_model:
        yield (
            ("score_hot",),
            "a share of the best needs a `score_model`; with points, write a score such as 80",
        )
    if settings.score_first_look and not settings.scores_leads:
        yield (
            ("score_first_look",),
            "leads are not scored: it needs a table `[score.points.NAME]` or a `score_model`",
        )
    for name, one in settings.score_points.items():
        if not one.when:
            yield ("score_points", name, "when"), "points need a condition"
        if not one.points:
            yield ("score_points", name, "points"), "say how many `points` it gives or takes"
        for number, line in enumerate(one.when, 1):
            if words := _unusable(line):
                where = f"line {number}: " if len(one.when) > 1 else ""
                yield ("score_points", name, "when"), where + words


def _unusable(line: str) -> str:
    """Why points cannot ask for the field of a condition; "" if they can."""
    from leadline.settings.conditions.parsing import WrongCondition, parse  # few score leads

    try:
        field = parse(line).field
    except WrongCondition:
        return ""  # it is told where lists are attached
    if field in _OF_THE_SCORE:
        return f"{field} is what points give; the sender's own score is sender_score"
    if field in _OF_THE_WORK or field.startswith(HISTORY):
        return f"{field} is known only after the lead was scored"
    return ""

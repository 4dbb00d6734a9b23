"""The check of `doctor` for the model of scores, and leads that went on without a score."""

from contextlib import closing

from leadline import wiring
from leadline.entrypoints.cli.look._state import Check
from leadline.installations import settings_check
from leadline.model.errors import LeadlineError
from leadline.operations.watching.health import unscored
from leadline.settings.top.general import Settings

_WHAT = "scores"


def check_scores(settings: Settings) -> list[Check]:
    """WRONG if the model can't be read, or failed for some of the newest leads."""
    if not settings.scores_leads:
        return []
    if faults := settings_check.trained_model_faults(settings):
        return [("WRONG", _WHAT, f"{faults[0]}; leads go on without a score")]
    try:
        with closing(wiring.ledger(settings)) as ledger:
            failed = unscored(ledger)
    except LeadlineError:
        failed = 0  # the check of the data folder reports it
    if failed:
        return [
            (
                "WRONG",
                _WHAT,
                f"{failed} of the newest leads went on without a score; the log says why "
                "(score.failed), and `leadline replay --from refine` scores them again",
            )
        ]
    ways = [f"{len(settings.score_points)} entries of points"] * bool(settings.score_points)
    ways += [f"the model {settings.score_model}"] * bool(settings.score_model)
    return [("ok", _WHAT, f"by {' and '.join(ways)}; hot from {settings.score_hot} on")]

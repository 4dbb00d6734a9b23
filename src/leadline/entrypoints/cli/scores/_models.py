"""What `score train`, `compare`, `drift` and `show` print of models."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from leadline.model.texts.harmless_texts import one_line
from leadline.scoring.drifting import FEWEST, SCORE, Drift
from leadline.scoring.model_file import ColumnGroup, ModelFile, Quality

if TYPE_CHECKING:
    from leadline.operations.training.comparing import FigureDifference, ModelComparison
    from leadline.operations.training.training import Trained

_NAMED = 6
_LONGEST_NAME = 60


def lines_of_model(model: ModelFile) -> Iterator[str]:
    """A model in words: what it was trained on, how good it is, its columns."""
    calibration = "isotonic" if model.calibration.knots else "by a sigmoid (Platt)"
    yield f"{model.name} {model.version}, trained at {model.trained_at}"
    yield (
        f"fitted to {model.leads} leads, {model.won} of them won ({model.outcome}); "
        f"{len(model.trees)} trees; calibration {calibration}"
    )
    yield f"measured on {model.model.leads} leads that it was not fitted to, {_held(model)}:"
    yield from lines_of_quality(
        {
            "model": model.model,
            "logistic baseline": model.baseline,
            "fit alone": model.fit,
            "intent alone": model.intent,
        }
    )
    yield ""
    yield "the tenths, best first: mean probability, and how many were won"
    for told, real in model.model.deciles:
        yield f"  {told:7.1%} {real:8.1%}"
    yield from _calibration_words(model.model)
    yield ""
    for group in ColumnGroup:
        names = [_short(one.name) for one in model.columns if one.group is group]
        yield f"{group}: {', '.join(names) or 'none'}"
    yield from lines_of_left_out(model.left_out)


def lines_of_training(found: "Trained", notes: Sequence[str]) -> Iterator[str]:
    """A model that was trained, and what is to be known of the leads that it was trained on."""
    yield from lines_of_model(found.model)
    if found.auc_interval is not None:
        low, high = found.auc_interval
        yield f"AUC of the model: 95 % confidence interval {low:.3f} to {high:.3f}"
    for name, doubt in found.chosen.doubtful.items():
        yield f"doubtful: {_short(name)}: {doubt}"
    if found.chosen.rare:
        yield (
            f"left out: {found.chosen.rare} columns that few leads have, or fewer than the most "
            "usual columns, which are as many as a model may have"
        )
    for note in notes:
        yield f"of the leads: {note}"


def model_names(models: Sequence[ModelFile], paths: Sequence[Path]) -> tuple[str, str]:
    """How to call two models: by name and version, or by their files if these are the same."""
    names = [f"{model.name} {model.version}" for model in models]
    first, second = names if names[0] != names[1] else map(str, paths)
    return first, second


def lines_of_quality(rows: Mapping[str, Quality | None]) -> Iterator[str]:
    """AUC, Brier score and lift in the best tenth, a line for each."""
    yield f"{'':20}     AUC    Brier    lift"
    for name, one in rows.items():
        if one is not None:
            yield f"{name:20} {one.auc:7.3f} {one.brier:8.4f} {one.lift:7.2f}"


def lines_of_left_out(left_out: Mapping[str, str]) -> Iterator[str]:
    """The columns that are no columns of the model, by the reason."""
    by_reason: dict[str, list[str]] = defaultdict(list)
    for name, reason in left_out.items():
        by_reason[reason].append(_short(name))
    for reason, names in by_reason.items():
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        yield f"left out: {', '.join(names[:_NAMED])}{more}: {reason}"


def lines_of_comparison(names: tuple[str, str], found: "ModelComparison") -> Iterator[str]:
    """Two models side by side, and what can be said of their differences."""
    yield f"on {found.first.leads} leads that are new to both, {found.first.won} of them won:"
    yield from lines_of_quality({names[0]: found.first, names[1]: found.second})
    for one in found.differences:
        yield f"{one.figure}: {_verdict(names, one)}"


def lines_of_drift(leads: int, drifts: Sequence[Drift], model: ModelFile) -> Iterator[str]:
    """What has changed since a model was trained, the greatest change first; then whether to train
    anew."""
    for one in drifts:
        if one.is_slight:
            much = "has changed greatly" if one.is_great else "has changed slightly"
            what = "the score" if one.column == SCORE else _short(one.column)
            yield (
                f"{what} {much} (PSI {one.index:.2f}): {_short(one.value)} {one.then:.0%} in the "
                f"training, {one.now:.0%} now"
            )
    if model.ranks.usual and all(one.column != SCORE for one in drifts):
        yield f"the score is not compared: it takes {FEWEST} leads that are new to the model"
    great = sum(one.is_great for one in drifts)
    same = sum(not one.is_slight for one in drifts)
    yield f"{leads} leads: {same} of {len(drifts)} have not changed more than by chance" + (
        f"; {great} greatly: train the model anew" if great else ""
    )


def _verdict(names: tuple[str, str], one: "FigureDifference") -> str:
    interval = f"{one.by:+.4f} ({one.low:+.4f} to {one.high:+.4f})"
    if not one.better:
        return f"undecided: {names[1]} less {names[0]} is {interval}"
    return f"{names[0] if one.better == 'first' else names[1]} is better: {interval}"


def _held(model: ModelFile) -> str:
    return "the latest" if model.held_out.since is not None else "chosen by hash"


def _calibration_words(found: Quality) -> Iterator[str]:
    if found.mean_ratio is not None:
        yield f"mean probability / win rate: {found.mean_ratio:.2f}"
    if found.best_ratio is not None:
        yield f"the same of the best 2 %: {found.best_ratio:.2f}"


def _short(name: str) -> str:
    return one_line(name)[:_LONGEST_NAME]

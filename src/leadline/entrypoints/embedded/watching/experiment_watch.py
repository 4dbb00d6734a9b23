"""What a worker does for experiments: looks once an hour whether one does harm or is not valid, and
whether the file of a model holds another one, and reports that as a trouble."""

from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import ExitStack, closing

from leadline import wiring
from leadline.alerts.operators.trouble_signs import with_ends
from leadline.experiments.fixed_models import other_model_words
from leadline.experiments.record import Started
from leadline.journey.trials.arm_models import note_files
from leadline.kit import Kit
from leadline.model.monitoring.trouble import Trouble, TroubleKind
from leadline.model.task import Step
from leadline.operations.trials.experiment_watch import WatchedExperiments, watch_experiments
from leadline.settings.top.general import Settings

_PAUSE_S = 60.0


def watchers(settings: Settings, steps: Set[Step]) -> tuple[Callable[[Kit], float], ...]:
    """What the worker that tells troubles does again and again; nothing without experiments."""
    return (_watching(settings),) if settings.experiments and Step.NOTIFY in steps else ()


def _watching(settings: Settings) -> Callable[[Kit], float]:
    """A call that looks at the experiments; it returns the seconds until the next look."""

    def once(kit: Kit) -> float:
        if kit.troubles is None:
            return _PAUSE_S
        now = kit.clock()
        with ExitStack() as opened:
            found = watch_experiments(
                kit.store,
                lambda: opened.enter_context(closing(wiring.ledger(settings))),
                kit.experiments,
                now,
            )
        known = note_files(kit.store, settings.score_model, now)
        wrong = [*_of_harm(found), *_of_models(known)]
        kinds = {TroubleKind.EXPERIMENT}
        kit.troubles.report(with_ends(wrong, kit.troubles.troubles(), kinds))
        return _PAUSE_S

    return once


def _of_harm(found: WatchedExperiments) -> Iterator[Trouble]:
    for name, one in found.alarming.items():
        yield Trouble(
            kind=TroubleKind.EXPERIMENT,
            subject=name,
            words=f"The experiment {name} needs a decision: {one.says}.",
            remedy=f"`leadline experiment show {name}` shows it, `leadline experiment stop {name}` "
            "stops it.",
        )


def _of_models(known: Mapping[str, Started]) -> Iterator[Trouble]:
    for name, one in known.items():
        for arm, fixed in one.models.items() if one.is_running else ():
            if fixed.other:
                yield Trouble(
                    kind=TroubleKind.EXPERIMENT,
                    subject=f"{name} {arm}",
                    words=f"In the experiment {name}, {other_model_words(arm, fixed)}.",
                    remedy="Train the next model into another file.",
                )

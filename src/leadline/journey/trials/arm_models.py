"""The models by which leads of experiments are scored: as they were when they were fixed, whatever
their files hold now.

`leadline experiment start` fixes them where the files are. Otherwise (on AWS, or for an experiment
that an earlier version started) the first lead of an arm does. Copies never change, so a process
keeps what it has read.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from leadline.experiments.designing import models_by
from leadline.experiments.fixed_models import (
    ModelContent,
    content_of,
    fixed_model,
    names_of_model,
    with_other,
)
from leadline.experiments.record import (
    EXPERIMENTS,
    Design,
    FixedModel,
    Records,
    Started,
    record_body,
    records_in,
)
from leadline.model.staff.assigning import Kept, Rewrite
from leadline.ports.clock import Clock
from leadline.ports.store_parts.assigning import Assigning
from leadline.scoring.model_file import MOST_BYTES
from leadline.scoring.model_in_use import model_file_at
from leadline.scoring.trained import load_model
from leadline.settings.top.experiments import model_of_value

if TYPE_CHECKING:
    from leadline.scoring.trained import TrainedModel

log = logging.getLogger(__name__)

_MOST_MODELS = 16
_models: "dict[str, TrainedModel]" = {}
_held: "dict[Path, tuple[int, int, str, str]]" = {}
_lock = threading.Lock()
NO_MODEL = "a file that is no model"


class ArmFile(NamedTuple):
    """The file with the model of an arm: that of the arm, or that of the settings (`is_usual`)."""

    path: str
    is_usual: bool = False

    def content(self) -> ModelContent:
        """What it holds now. Raises OSError or ModelRefused."""
        data = _read(self._file)
        return ModelContent(self.path, load_model(data).by, data)

    def held(self) -> tuple[str, str]:
        """The digest of what it holds now, with the name and version of the model. It is read again
        only after it was written. Raises OSError."""
        stat = self._file.stat()
        written = (stat.st_mtime_ns, stat.st_size)
        before = _held.get(self._file)
        if before is None or before[:2] != written:
            data = _read(self._file)
            try:
                by = load_model(data).by
            except ValueError:
                by = NO_MODEL
            before = (*written, ModelContent(self.path, by, data).digest, by)
            _held[self._file] = before
        return before[2:]

    @property
    def _file(self) -> Path:
        return model_file_at(self.path, of_arm=not self.is_usual)


def models_at_start(design: Design, usual: str) -> dict[str, ModelContent]:
    """What the files of the arms hold now, by arm, of an experiment that compares trained models;
    *usual* is the path of the model of the settings. Raises OSError or ModelRefused."""
    paths = models_by({"": design}).get("", {})
    files = {arm.name: _file_of(paths[arm.name], usual) for arm in design.arms} if paths else {}
    return {arm: file.content() for arm, file in files.items() if file.path}


def as_held_now(started: Started, usual: str, now: datetime) -> Started:
    """An experiment with what the files of its models hold now, where they can be read."""
    own = {arm.name: model_of_value(arm.value) for arm in started.design.arms}
    found: dict[str, FixedModel] = {}
    for arm, fixed in started.models.items():
        try:
            digest, by = _file_of(own.get(arm, ""), usual).held()
        except OSError:
            found[arm] = fixed
        else:
            found[arm] = with_other(fixed, digest, by, now)
    return msgspec.structs.replace(started, models=found)


def note_files(store: Assigning, usual: str, now: datetime) -> Mapping[str, Started]:
    """Note which files of running experiments hold another model than the one that is fixed, or the
    same again. Returns all experiments that were ever started, by name. Raises what the store
    raises."""
    while True:
        kept = store.kept([EXPERIMENTS])[EXPERIMENTS]
        known = records_in(kept.body).started
        seen = {
            name: as_held_now(one, usual, now) if one.is_running else one
            for name, one in known.items()
        }
        if seen == known or store.keep(
            {EXPERIMENTS: Rewrite(kept, record_body(Records(seen)))}
        ):  # False: somebody was faster
            return seen


def _read(path: Path) -> bytes:
    """What a file holds, up to one byte more than a model has at most; so a file that is no model
    takes no memory, however large it is."""
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _file_of(path: str, usual: str) -> ArmFile:
    return ArmFile(path) if path else ArmFile(usual, is_usual=True)


class FixedModels:
    """Finds the model of an arm, and fixes it if nobody has; *usual* is the path of the model of
    the settings ("": none)."""

    def __init__(self, store: Assigning, clock: Clock, usual: str) -> None:
        self._store = store
        self._clock = clock
        self._usual = usual
        self._known: dict[tuple[str, str], FixedModel] = {}

    def model_of(self, name: str, arm: str, path: str) -> "TrainedModel | None":
        """The model of an arm of the experiment *name*, whose value names *path* ("": none); None
        if it has none, or nothing can be fixed: the experiment is not started, or the file can't
        be read. Raises CopyLost or ModelRefused if the copy is no model, and what the store raises.
        """
        file = _file_of(path, self._usual)
        if not file.path:
            return None
        key = (name, arm)
        fixed = self._known.get(key) or self._fixed(name, arm, file)
        if fixed is None:
            return None
        self._known[key] = fixed
        self._look(name, arm, file)
        return self._loaded(fixed)

    def _fixed(self, name: str, arm: str, file: ArmFile) -> FixedModel | None:
        """The model of the arm as it is fixed; fixed now, if it is not yet and can be."""
        there = records_in(self._store.kept([EXPERIMENTS])[EXPERIMENTS].body).started.get(name)
        if there is None or arm in there.models:
            return there.models[arm] if there is not None else None
        try:
            made, copies = fixed_model(file.content(), self._clock())
        except (OSError, ValueError):
            return None  # who scores by the file says in words what is wrong
        self._keep_copies(copies)

        def change(before: FixedModel | None) -> FixedModel:
            return before or made

        return self._rewrite(name, arm, change)

    def _keep_copies(self, copies: Mapping[str, bytes]) -> None:
        for name, body in copies.items():  # a transaction of DynamoDB has at most 4 MB
            kept = self._store.kept([name])[name]
            if not kept.body:
                self._store.keep({name: Rewrite(kept, body)})  # False: somebody else did the same

    def _rewrite(
        self, name: str, arm: str, change: Callable[[FixedModel | None], FixedModel | None]
    ) -> FixedModel | None:
        """Change what is known of the model of an arm, again and again until nobody else is
        faster; None if the experiment is not there."""
        while True:
            kept = self._store.kept([EXPERIMENTS])[EXPERIMENTS]
            known = records_in(kept.body).started
            if (one := known.get(name)) is None:
                return None
            before = one.models.get(arm)
            after = change(before)
            if after is None or after == before:
                return before
            new = msgspec.structs.replace(one, models={**one.models, arm: after})
            body = record_body(Records({**known, name: new}))
            if self._store.keep({EXPERIMENTS: Rewrite(kept, body)}):
                return after

    def _look(self, name: str, arm: str, file: ArmFile) -> None:
        """Note once that the file of an arm holds another model than the one that is fixed, or the
        same again."""
        key, now = (name, arm), self._clock()
        try:
            digest, by = file.held()
        except OSError:
            return  # the arm needs the file no more
        if with_other(self._known[key], digest, by, now) == self._known[key]:
            return

        def change(before: FixedModel | None) -> FixedModel | None:
            return None if before is None else with_other(before, digest, by, now)

        noted = self._rewrite(name, arm, change)
        if noted is not None:
            self._known[key] = noted
            if noted.other:
                log.warning(
                    "experiment.model_changed",
                    extra={"settings": f"experiments.{name}.values.{arm}", "path": file.path},
                )

    def _loaded(self, fixed: FixedModel) -> "TrainedModel":
        with _lock:
            found = _models.get(fixed.digest)
        if found is not None:
            return found
        names = names_of_model(fixed.digest, fixed.parts)
        kept: Mapping[str, Kept] = self._store.kept(names)
        made = load_model(content_of(fixed, {name: kept[name].body for name in names}))
        with _lock:
            if len(_models) >= _MOST_MODELS:
                _models.clear()
            _models[fixed.digest] = made
        return made

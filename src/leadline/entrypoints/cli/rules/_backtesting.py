"""Reads and refines the leads of a backtest, on several processor cores."""

import gc
import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import msgspec

from leadline.entrypoints.cli._app import Options
from leadline.entrypoints.rule_trials import side_of
from leadline.journey.backtest.cleaning import Pair, PastStore, TriedSettings, refined_by_both
from leadline.model.batches import batched
from leadline.settings.top.general import Settings

_AT_ONCE = 200
_FEWEST = 4 * _AT_ONCE
"""The number of leads from which on further processes are started."""
_AHEAD = 4
"""How many batches for each process are waited for at most: they are in memory."""

_packed = msgspec.msgpack.Encoder()
_pairs = msgspec.msgpack.Decoder(list[Pair])


class Where(NamedTuple):
    """The installation and the two settings, so that another process can open them."""

    config: Path | None
    data: Path | None
    aws: str | None
    region: str | None
    old: Settings
    new: Settings


def where(options: Options, new: Settings) -> Where:
    """The installation that the options select, and its settings beside the *new* ones."""
    old = options.installation.loaded().settings
    return Where(options.config, options.data, options.aws, options.region, old, new)


def settings_in(options: Options, path: Path | None) -> Settings:
    """The settings in a file, in place of those of the installation; without one its own. For a
    stack they are read as `leadline deploy aws` would read them."""
    if path is None:
        return options.installation.loaded().settings
    if options.aws is None:
        return Options(path, options.data).settings()
    from leadline.cloud.remote_settings import checked_settings  # few commands deploy

    found = checked_settings(path, lambda _: None)
    delay = options.installation.loaded().settings.delay  # a parameter of the stack says it
    return msgspec.structs.replace(found, delay=delay)


class _Work:
    """What one process needs, opened once."""

    store: PastStore
    old: TriedSettings
    new: TriedSettings


_work = _Work()


def _open(found: Where) -> None:
    options = Options(found.config, found.data, found.aws, found.region)
    _work.store = options.installation.past()
    _work.old, _work.new = side_of(found.old), side_of(found.new)


def _clean(lead_ids: Sequence[str]) -> bytes:
    return _packed.encode(refined_by_both(_work.store, _work.old, _work.new, lead_ids))


def pairs_of(
    options: Options, found: Where, lead_ids: Sequence[str], processes: int | None = None
) -> Iterator[list[Pair]]:
    """The leads with these ids as both settings read them, in the order given, some at a time.

    *processes* is how many refine beside this one; the default is one for each core, and none for
    few leads. What is kept of each lead meanwhile makes no cycles: the garbage collector would walk
    through all of it again and again, which costs a third of a large backtest.
    """
    if processes is None:
        processes = (os.cpu_count() or 1) if len(lead_ids) >= _FEWEST else 0
    some = _beside(found, lead_ids, processes) if processes else _here(options, found, lead_ids)
    try:
        for pairs in some:
            yield pairs
            gc.freeze()
    finally:
        gc.unfreeze()


def _here(options: Options, found: Where, lead_ids: Sequence[str]) -> Iterator[list[Pair]]:
    old, new = side_of(found.old), side_of(found.new)
    with closing(options.installation.past()) as store:
        for some in batched(lead_ids, _AT_ONCE):
            yield refined_by_both(store, old, new, some)


def _beside(found: Where, lead_ids: Sequence[str], processes: int) -> Iterator[list[Pair]]:
    with ProcessPoolExecutor(processes, get_context("spawn"), _open, (found,)) as pool:
        waiting: deque[Future[bytes]] = deque()
        try:
            for some in batched(lead_ids, _AT_ONCE):
                waiting.append(pool.submit(_clean, some))
                if len(waiting) >= _AHEAD * processes:
                    yield _pairs.decode(waiting.popleft().result())
            while waiting:
                yield _pairs.decode(waiting.popleft().result())
        finally:
            for one in waiting:
                one.cancel()

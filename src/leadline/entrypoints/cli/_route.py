"""The two homes of a move, and the folder held while leads move between them."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from leadline.cloud.connecting import ConnectedStack
from leadline.entrypoints.cli._show import console, say
from leadline.entrypoints.embedded.supervisor import lock_folder
from leadline.model.errors import ConfigurationError, StorageFailed
from leadline.model.rights import Rights
from leadline.operations.moving.carrier import Carrier, MoveSummary
from leadline.ports.homes import Home, Side, Size
from leadline.stores.aws.moving.home import AwsHome
from leadline.stores.sqlite.database import nobody_else
from leadline.stores.sqlite.moving.home import SqliteHome
from leadline.stores.sqlite.moving.journal import MoveJournal
from leadline.stores.sqlite.moving.mark import Mark, clear_mark, read_mark, set_mark
from leadline.stores.sqlite.store import SqliteStore

_MOST_TOLD = 1000


class Route:
    """From one home to the other."""

    def __init__(self, folder: Path, found: ConnectedStack, to: Home, rights: Rights) -> None:
        self.folder, self.found, self.to, self.rights = folder, found, to, rights

    @contextmanager
    def sides(self) -> Iterator[tuple[Side, Side]]:
        """The origin and the destination."""
        remote = self.found.store()
        forgotten = datetime.now(UTC) - remote.redelivery_window
        with ExitStack() as stack:
            aws = stack.enter_context(closing(AwsHome(remote, forgotten)))
            store = SqliteStore(
                self.folder,
                redelivery_window=remote.redelivery_window,
                read_only=self.to is Home.AWS,
                rights=self.rights,
            )
            here = SqliteHome(stack.enter_context(closing(store)), forgotten)
            yield (here, aws) if self.to is Home.AWS else (aws, here)

    def size(self) -> Size:
        """How much the origin holds."""
        with self.sides() as (origin, _):
            return origin.size()

    def carry(self, conflicts: dict[str, str]) -> MoveSummary:
        """Carry everything, with a bar; the first conflicts are put into *conflicts*."""
        err = console(err=True)
        bar = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            TimeRemainingColumn(), console=err, disable=not err.is_terminal, transient=True,
        )  # fmt: skip

        def tell(lead_id: str, why: str) -> None:
            if len(conflicts) < _MOST_TOLD:
                conflicts[lead_id] = why
            bar.console.print(escape(f"{lead_id}: {why}"))

        with (
            closing(MoveJournal(self.folder, self.found.table.name, self.rights)) as journal,
            self.sides() as (origin, destination),
            bar,
        ):
            task = bar.add_task("", total=origin.size().leads)
            window = self.found.settings.redelivery_window
            carrier = Carrier(
                origin, destination, journal, window,
                watch=lambda leads: bar.advance(task, leads), tell=tell,
                stage=lambda what: bar.update(task, description=what),
            )  # fmt: skip
            return carrier.run()


@contextmanager
def held(route: Route) -> Iterator[Callable[[], None]]:
    """Hold the folder against servers, and mark it; what is given is to be called at the end of
    the move, and marks the folder anew or, when its leads are back, no more.

    Raises ConfigurationError when somebody uses it, or when its leads are somewhere else.
    """
    folder, found, rights = route.folder, route.found, route.rights
    lock = lock_folder(folder, rights)
    try:
        before = read_mark(folder)
        if before is not None and before.table != found.table.name:
            raise ConfigurationError(
                f"the leads of {folder} are at the stack {before.stack} in {before.region}; "
                "bring them back from there first"
            )
        began = datetime.now(UTC)
        mark = Mark(found.name, found.cloud.region, found.table.name, route.to, began)
        # A worker that opens the folder after this sees the mark; one that has, keeps us out.
        with nobody_else(folder):
            set_mark(folder, mark, rights)

        def end() -> None:
            if route.to is Home.AWS:
                set_mark(folder, msgspec.structs.replace(mark, done=True), rights)
            else:
                clear_mark(folder)

        try:
            yield end
        except (StorageFailed, KeyboardInterrupt):
            say("the move has not ended; the same command goes on with it")
            raise
    finally:
        os.close(lock)

"""The way of leads from the embedded installation to a stack, or back."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from leadline.model.errors import ConfigurationError
from leadline.model.rights import Rights
from leadline.operations.moving.carrier import Carrier
from leadline.ports.homes import Home, Side, Size
from leadline.stores.sqlite.database import nobody_else
from leadline.stores.sqlite.locking import lock_folder
from leadline.stores.sqlite.moving.home import SqliteHome
from leadline.stores.sqlite.moving.journal import MoveJournal
from leadline.stores.sqlite.moving.mark import Mark, clear_mark, read_mark, set_mark
from leadline.stores.sqlite.store import SqliteStore

if TYPE_CHECKING:
    from leadline.cloud.connecting import ConnectedStack


class Route:
    """From one home to the other: a data folder and a stack, of which one is the origin."""

    def __init__(self, folder: Path, stack: "ConnectedStack", to: Home, rights: Rights) -> None:
        self.folder, self.stack, self.to, self.rights = folder, stack, to, rights

    def size(self) -> Size:
        """How much the origin holds."""
        with self._sides() as (origin, _):
            return origin.size()

    @contextmanager
    def carrier(
        self,
        watch: Callable[[int], None],
        tell: Callable[[str, str], None],
        stage: Callable[[str], None],
    ) -> Iterator[tuple[int, Carrier]]:
        """How many leads the origin holds, and what carries them (see `Carrier` for what hears of
        its work)."""
        with (
            closing(MoveJournal(self.folder, self.stack.table.name, self.rights)) as journal,
            self._sides() as (origin, destination),
        ):
            window = self.stack.settings.redelivery_window
            carrier = Carrier(
                origin, destination, journal, window, watch=watch, tell=tell, stage=stage
            )
            yield origin.size().leads, carrier

    @contextmanager
    def held(self) -> Iterator[Callable[[], None]]:
        """Hold the folder against servers, and mark it; what is given is to be called at the end
        of the move, and marks the folder anew or, when its leads are back, no more.

        Raises ConfigurationError when somebody uses it, or when its leads are somewhere else.
        """
        lock = lock_folder(self.folder, self.rights)
        try:
            mark = self._mark()
            # A worker that opens the folder after this sees the mark; one that has, keeps us out.
            with nobody_else(self.folder):
                set_mark(self.folder, mark, self.rights)
            yield lambda: self._end(mark)
        finally:
            os.close(lock)

    def _mark(self) -> Mark:
        before, stack = read_mark(self.folder), self.stack
        if before is not None and before.table != stack.table.name:
            raise ConfigurationError(
                f"the leads of {self.folder} are at the stack {before.stack} in {before.region}; "
                "bring them back from there first"
            )
        return Mark(stack.name, stack.cloud.region, stack.table.name, self.to, datetime.now(UTC))

    def _end(self, mark: Mark) -> None:
        if self.to is Home.AWS:
            set_mark(self.folder, msgspec.structs.replace(mark, done=True), self.rights)
        else:
            clear_mark(self.folder)

    @contextmanager
    def _sides(self) -> Iterator[tuple[Side, Side]]:
        """The origin and the destination."""
        from leadline.stores.aws.moving.home import AwsHome

        remote = self.stack.store()
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

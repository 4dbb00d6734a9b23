"""Moving leads from an embedded installation to a stack, or back."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from leadline.journey.personal_data.erasing_people import erase_again
from leadline.model.errors import ConfigurationError
from leadline.model.rights import Rights
from leadline.operations.moving.mover import Mover
from leadline.ports.homes import Home, Side, Size
from leadline.settings.top.general import Settings
from leadline.stores.key_file import find_key
from leadline.stores.sqlite.file.locking import lock_folder
from leadline.stores.sqlite.file.sharing import nobody_else
from leadline.stores.sqlite.moving.home import SqliteHome
from leadline.stores.sqlite.moving.journal import MoveJournal
from leadline.stores.sqlite.moving.mark import Mark, clear_mark, read_mark, set_mark
from leadline.stores.sqlite.privacy.erasures import united
from leadline.stores.sqlite.store import SqliteStore

if TYPE_CHECKING:
    from leadline.cloud.connecting import ConnectedStack


class Route:
    """A move between a data folder and a stack; *to* is the home that gets the leads."""

    def __init__(self, folder: Path, stack: "ConnectedStack", to: Home, rights: Rights) -> None:
        self.folder, self.stack, self.to, self.rights = folder, stack, to, rights

    def size(self) -> Size:
        """The content of the origin in numbers."""
        with self._sides() as (origin, _):
            return origin.size()

    @contextmanager
    def mover(
        self,
        watch: Callable[[int], None],
        report: Callable[[str, str], None],
        stage: Callable[[str], None],
    ) -> Iterator[tuple[int, Mover]]:
        """The content of the origin in numbers, and the carrier that moves it (see `Mover` for
        the callbacks)."""
        with (
            closing(MoveJournal(self.folder, self.stack.table.name, self.rights)) as journal,
            self._sides() as (origin, destination),
        ):
            window = _longest_window(self.stack.settings)
            carrier = Mover(
                origin, destination, journal, window, watch=watch, report=report, stage=stage
            )
            yield origin.size().leads, carrier

    @contextmanager
    def locked(self) -> Iterator[Callable[[], None]]:
        """Lock the folder against servers, and mark it as moving. Call the function that this
        yields at the end of the move: it marks the folder as moved, or removes the mark if its
        leads are back.

        Raises ConfigurationError if a server uses the folder, or if its leads are in another stack.
        """
        lock = lock_folder(self.folder, self.rights)
        try:
            mark = self._mark()
            # A worker that opens the folder later sees the mark; one that has it open blocks this.
            with nobody_else(self.folder):
                set_mark(self.folder, mark, self.rights)
            yield lambda: self._end(mark)
        finally:
            os.close(lock)

    def erase_returned(self, settings: Settings) -> int:
        """Erase from the origin who was erased in either home; both get all tombstones. Call it
        before the move, and `erase_at_destination` after it."""
        return self._erase_in(settings, self._other(self.to))

    def carry_suppressions(self, settings: Settings) -> int:
        """See `installations.suppressed.carry_suppressions`."""
        from leadline.installations.suppressed import carry_suppressions

        return carry_suppressions(settings, self.stack)

    def erase_at_destination(self, settings: Settings) -> int:
        """Erase from the destination who was erased in either home: it may have copies that an
        earlier move left."""
        return self._erase_in(settings, self.to)

    def _erase_in(self, settings: Settings, home: Home) -> int:
        from leadline import wiring
        from leadline.stores.aws.privacy.erasures import AwsErasures

        remote = self.stack.store()
        far = AwsErasures(remote.bucket)
        with closing(wiring.store(settings)) as here:
            tombstones = united([*far.tombstones(), *here.tombstones()])
            if not tombstones:
                return 0
            for one in tombstones:
                far.bury(one)
            store = remote if home is Home.AWS else here
            kit = wiring.kit_of(settings, store, wiring.channels_on_demand(settings))
            key = find_key(settings, here, here)
            kit = msgspec.structs.replace(kit, erasures=here, privacy_key=lambda: key)
            return erase_again(kit, tombstones)

    @staticmethod
    def _other(home: Home) -> Home:
        return Home.EMBEDDED if home is Home.AWS else Home.AWS

    def _mark(self) -> Mark:
        before, stack = read_mark(self.folder), self.stack
        if before is not None and before.table != stack.table.name:
            raise ConfigurationError(
                f"the leads of {self.folder} are in the stack {before.stack} in {before.region}; "
                "move them back from there first"
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
        forgotten = datetime.now(UTC) - _longest_window(self.stack.settings)
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


def _longest_window(settings: Settings) -> timedelta:
    """The longest time for which any source's digests are known."""
    own = [one.redelivery_window for one in settings.sources.values() if one.redelivery_window]
    return max([settings.redelivery_window, *own])

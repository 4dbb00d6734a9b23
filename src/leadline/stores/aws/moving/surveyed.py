"""What a stack has as a whole, as one side of a move: its content in numbers, the order of its
leads, its channels, and the documents by which leads are given out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar

from leadline.model.batches import batched
from leadline.model.staff.assigning import Kept
from leadline.ports.homes import BATCH, Size
from leadline.stores.aws.moving.survey import Survey
from leadline.stores.aws.store import AwsStore

PARALLEL = 8
T = TypeVar("T")
R = TypeVar("R")


class SurveyedHome:
    """The part of `ports.homes.Side` that concerns no single family; the caller closes it."""

    def __init__(self, store: AwsStore) -> None:
        self._store = store
        self._pool = ThreadPoolExecutor(PARALLEL)
        self._survey: Survey | None = None

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(cancel_futures=True)
        if self._survey is not None:
            self._survey.close()

    @property
    def survey(self) -> Survey:
        """The content of the table, read once."""
        if self._survey is None:
            self._survey = Survey(self._store.table.scan())
        return self._survey

    def size(self) -> Size:
        """See `ports.homes.Side.size`."""
        return self.survey.size()

    def heads(self) -> Iterator[Sequence[str]]:
        """See `ports.homes.Side.heads`; leads that arrive during the call are not included."""
        return self.survey.heads()

    def channels(self) -> Mapping[str, datetime]:
        """See `ports.homes.Side.channels`."""
        return self.survey.channels()

    def pause(self, channel: str, until: datetime) -> None:
        """See `ports.homes.Side.pause`."""
        self._store.pause(channel, until)

    def documents(self) -> Iterator[Mapping[str, Kept]]:
        """See `ports.homes.Side.documents`; ones that are new since the call are not included."""
        for names in batched(self.survey.documents(), BATCH):
            kept = self._store.kept(names)
            yield {name: one for name, one in kept.items() if one.body}

    def adopt(self, documents: Mapping[str, Kept]) -> None:
        """See `ports.homes.Side.adopt`."""
        here = self._store.kept(documents)
        newer = [(name, one) for name, one in documents.items() if one.rev > here[name].rev]
        self._map(self._store.adopt_document, newer)

    def _map(self, do: Callable[[T], R], what: Sequence[T]) -> list[R]:
        return list(self._pool.map(do, what))

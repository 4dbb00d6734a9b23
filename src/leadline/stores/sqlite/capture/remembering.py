"""What one process remembers of an index between transactions, and must forget when one fails."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager


class RememberedIndex(ABC):
    """One process's view of an index, kept in memory; it may be used only inside a transaction."""

    @abstractmethod
    def forget(self) -> None:
        """Discard what is in memory; must be called when a transaction was rolled back."""

    @contextmanager
    def forgetting_on_failure(self) -> Iterator[None]:
        """A block around a transaction that calls `forget` if the transaction fails."""
        try:
            yield
        except BaseException:
            self.forget()
            raise

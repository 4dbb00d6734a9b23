"""What a test writes here need not outlive a power cut."""

from tests.worlds.unsynced import unsynced

__all__ = ["unsynced"]

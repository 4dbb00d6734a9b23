"""A source with a bug, as a plug-in of somebody may have one."""

from leadline.model.lead import LeadFields
from leadline.vendors.generic.webhook import Generic
from tests.worlds.killed_process import Killed


class Poisonous(Generic):
    """A source with a bug that one lead brings out."""

    def fields(self, raw: bytes) -> LeadFields:
        if b"poison" in raw:
            raise KeyError("nobody expected this")
        if b"deadly" in raw:
            raise Killed
        return super().fields(raw)

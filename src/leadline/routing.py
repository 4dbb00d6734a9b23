"""Which channels hear of a lead."""

import msgspec


class RuleConfig(msgspec.Struct, frozen=True):
    """A rule (`[rules.NAME]`): everything that it names must fit the lead; `channels` then hear of
    it, and `assign` are those who get it in turn when nobody owns it."""

    sources: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    min_score: float | None = None
    max_score: float | None = None
    ownership: str = ""
    during: str = ""
    outside: str = ""
    channels: tuple[str, ...] = ()
    assign: tuple[str, ...] = ()

"""The outcome of a backtest, as lines for people."""

from collections.abc import Iterator, Mapping, Sequence

from leadline.entrypoints.cli._show import when
from leadline.entrypoints.rule_trials import NO_CHANNEL, NOBODY_GETS_IT, difference_in_words
from leadline.journey.backtest.comparing import DIFFERENCES, BeforeAfter, Difference, Sums

_MOST_MOVES = 10
_MOST_UNREAD = 5


def lines_of_sums(sums: Sums) -> Iterator[str]:
    """The sums of a backtest, with the spread over people, teams, rules and channels."""
    kinds = [f"{kind} {sums.by_kind[kind]:,}" for kind in DIFFERENCES if sums.by_kind[kind]]
    yield (
        f"{_leads(sums.leads)} replayed, {sums.differ:,} would differ"
        f"{': ' if kinds else ''}{', '.join(kinds)}"
    )
    yield f"duplicates: {_change(sums.duplicates)}; had to wait in a queue: {_change(sums.queued)}"
    for what, shares, nobody in (
        ("leads for each person", sums.people, NOBODY_GETS_IT),
        ("by team", sums.teams, ""),
        ("by rule that assigns", sums.rules, ""),
        ("by channel", sums.channels, NO_CHANNEL),
    ):
        if shares:
            yield ""
            yield from _spread(what, shares, nobody)
    yield from _moves(sums.moved)
    if sums.unread:
        yield ""
        yield f"{_leads(len(sums.unread))} could not be replayed:"
        shown = sums.unread[:_MOST_UNREAD]
        yield from (f"  {one.lead_id}  {one.problem}" for one in shown)
        if more := len(sums.unread) - len(shown):
            yield f"  and {more:,} more"


def _leads(number: int) -> str:
    return "1 lead" if number == 1 else f"{number:,} leads"


def _change(share: BeforeAfter) -> str:
    return f"{share.old:,}" if share.old == share.new else f"{share.old:,} → {share.new:,}"


def _spread(what: str, shares: Mapping[str, BeforeAfter], nobody: str) -> Iterator[str]:
    width = max(24, *(len(name) for name in shares)) + 2
    yield f"{what:<{width + 2}}{'before':>9}{'after':>9}{'change':>9}"
    for name, share in shares.items():
        more = share.new - share.old
        change = f"{more:+,}" if more else ""
        yield f"  {name or nobody:<{width}}{share.old:>9,}{share.new:>9,}{change:>9}".rstrip()


def _moves(moved: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    pairs = [(number, old, new) for old, some in moved.items() for new, number in some.items()]
    if not pairs:
        return
    yield ""
    yield "would go to somebody else:"
    for number, old, new in sorted(pairs, key=lambda one: (-one[0], one[1:]))[:_MOST_MOVES]:
        yield f"  {old or NOBODY_GETS_IT} → {new or NOBODY_GETS_IT}: {number:,}"
    if more := len(pairs) - _MOST_MOVES if len(pairs) > _MOST_MOVES else 0:
        yield f"  and {more:,} other pairs"


def rows_of_differences(differing: Sequence[Difference]) -> Iterator[tuple[str, ...]]:
    """A row for each lead of which something differs."""
    for one in differing:
        before = "; ".join(difference_in_words(one.old, what) for what in one.differs)
        after = "; ".join(difference_in_words(one.new, what) for what in one.differs)
        yield when(one.captured_at), one.lead_id, ", ".join(one.differs), before, after

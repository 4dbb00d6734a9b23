"""What is in trouble by what the store says now: reasons of dead letters, and failing channels."""

from collections.abc import Collection, Iterator, Sequence

from leadline.alerts.fallback import fallback_of
from leadline.alerts.wording.phrases import at
from leadline.kit import Kit
from leadline.model.monitoring.trouble import KnownTrouble, Trouble, TroubleKind
from leadline.ports.reading.ledger import DeadGroup


def of_dead_letters(groups: Sequence[DeadGroup]) -> Iterator[Trouble]:
    """One trouble for each step and reason for which there are dead letters."""
    for group in groups:
        several = "" if group.count == 1 else "s"
        yield Trouble(
            kind=TroubleKind.DEAD_LETTERS,
            subject=f"{group.step} {group.reason}",
            words=f"{group.count} dead letter{several} of the step {group.step}: {group.reason}.",
            remedy="`leadline dead` says why; when that is mended, try again: "
            f"`leadline replay --reason {group.reason}{_begin(group)}`.",
            count=group.count,
            lead_id=group.example,
        )


def _begin(group: DeadGroup) -> str:
    """The option with which `replay` begins where these dead letters are."""
    return " --from capture" if group.reason == "capture.unreadable" else ""


def of_scores(failed: int) -> Iterator[Trouble]:
    """The trouble that so many of the newest leads went on without a score; none for zero."""
    if failed:
        yield Trouble(
            kind=TroubleKind.SCORES,
            subject="model",
            words="What scores leads fails: leads go on without a score.",
            remedy="`leadline doctor` and the log (`score.failed`) say why.",
        )


def of_channels(kit: Kit) -> Iterator[Trouble]:
    """One trouble for each channel that has failed for longer than its `fallback_after`."""
    now = kit.clock()
    for name, channel in kit.channels.items():
        since = kit.store.health(name).since
        if since is None or now - since < channel.fallback_after:
            continue
        other = fallback_of(kit, channel)
        goes = f"its fallback {other} sends its alerts" if other else "its alerts wait"
        yield Trouble(
            kind=TroubleKind.CHANNEL,
            subject=name,
            words=f"The channel {name} has failed since {at(since)}; {goes}.",
            remedy=f"`leadline deliver test {name}` says why.",
        )


def with_ends(
    found: Sequence[Trouble], known: Sequence[KnownTrouble], kinds: Collection[TroubleKind]
) -> list[Trouble]:
    """What was found, and the ends of the troubles of these *kinds* that go on by what is known,
    but were not found any more."""
    there = {trouble.key for trouble in found}
    over = (k.trouble for k in known if not k.is_over and k.trouble.kind in kinds)
    return [*found, *(one.ended() for one in over if one.key not in there)]

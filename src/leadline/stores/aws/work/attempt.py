"""What is known from earlier tries to carry one outcome out."""

from leadline.model.lead import RefinedLead
from leadline.model.task import Done, Outcome
from leadline.net.aws.calls import AwsFailed
from leadline.stores.aws.table import Key, Stale


class Attempt:
    """What is known from earlier tries of one settlement: the refined document that was *stored*
    and its version, the match keys that other leads have, whether a try *failed* because an item
    was not as assumed, whether it lost its turn to another worker of the team, and whether the
    lead was *overtaken* by what the refinement has not seen: another lead, or a handling."""

    def __init__(self) -> None:
        self.failed = False
        self.lost_turn = False
        self.stored: tuple[RefinedLead, str] | None = None
        self.taken: set[Key] = set()
        self.overtaken = False

    def learn(self, stale: Stale, outcome: Outcome) -> None:
        """Note why a try failed, for the next one."""
        self.failed = True
        self.lost_turn = has_turn(outcome)
        keys = {(item["pk"], item["sk"]) for item in stale.stood if item["pk"].startswith("M#")}
        self.taken |= keys
        if keys and isinstance(outcome, Done) and outcome.refined and outcome.traits is None:
            self.overtaken = outcome.refined.duplicate_of is None

    def is_lost_turn(self, error: AwsFailed, outcome: Outcome) -> bool:
        """Whether the try failed because transactions of other workers were in the way."""
        if not has_turn(outcome) or error.code != "TransactionCanceledException":
            return False
        self.failed = self.lost_turn = True
        return True


def has_turn(outcome: Outcome) -> bool:
    """Whether the last part of an outcome is decided in the transaction that stores it."""
    return isinstance(outcome, Done) and outcome.turn is not None

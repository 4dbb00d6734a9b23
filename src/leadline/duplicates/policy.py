"""The settings of the search for duplicates, as one value."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from leadline.settings.top.general import Settings

if TYPE_CHECKING:
    from leadline.duplicates.deciding import Thresholds
    from leadline.duplicates.weights import Weights


class DuplicatePolicy(msgspec.Struct, frozen=True):
    """How duplicates are found, and what is done with them.

    `link` and `review` are the probabilities from which a lead is linked to an earlier one, and
    from which people are asked. `writes_back` is whether values of earlier leads that fill blanks
    are written to the CRM. `weights_file` is the path of the weights; "" for those that come with
    Leadline.
    """

    link: float = Settings().duplicates_link
    review: float = Settings().duplicates_review
    writes_back: bool = False
    weights_file: str = ""

    @property
    def thresholds(self) -> "Thresholds":
        """The two probabilities, for `duplicates.deciding`."""
        return _thresholds(self.link, self.review)

    @property
    def weights(self) -> "Weights":
        """The weights, read once. Raises what `Weights.read` raises."""
        return _weights(self.weights_file)


def policy_of(settings: Settings) -> DuplicatePolicy:
    """The policy that the settings describe."""
    return DuplicatePolicy(
        settings.duplicates_link,
        settings.duplicates_review,
        settings.duplicates_write_back == "yes",
        settings.duplicates_weights,
    )


def weights_faults(path: str) -> list[str]:
    """What is wrong with the file of weights that the settings name, in words."""
    try:
        _weights(path)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        return [f"duplicates_weights: {path}: {why}"]
    return []


CARRIED = Path(__file__).with_name("weights_of_the_stack" + ".json")
"""The weights that a deployment on AWS put beside this module, for a stack whose settings name a
file (`cloud.packages.carried`)."""


@lru_cache(4)
def _thresholds(link: float, review: float) -> "Thresholds":
    from leadline.duplicates.deciding import Thresholds  # few functions on AWS need it

    return Thresholds(link=link, review=review)


@lru_cache(4)
def _weights(path: str) -> "Weights":
    from leadline.duplicates.weights import Weights

    if not path:
        return Weights.load_default()
    return Weights.read(CARRIED if CARRIED.is_file() else Path(path))

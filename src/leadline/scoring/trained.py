"""A trained model at work: `load_model(data).judge(lead)` gives the lead's score."""

from collections.abc import Sequence
from datetime import UTC, tzinfo

import msgspec

from leadline.model.facts.score import LeadScore
from leadline.model.lead import RefinedLead
from leadline.scoring.calibrating import rank, win_probability
from leadline.scoring.columns import capture_columns
from leadline.scoring.encoding import encoders
from leadline.scoring.explaining import reason, reasons
from leadline.scoring.model_file import ColumnGroup, ModelFile, ModelRefused, model_in
from leadline.scoring.trees import Forest


class Measured(msgspec.Struct, frozen=True):
    """What a model says of one lead: the `raw` score (log-odds as the trees give it), the
    `probability` of a win, and how much of the raw score `fit` and `intent` gave."""

    raw: float
    probability: float
    fit: float
    intent: float


class TrainedModel:
    """A model of `leadline score train`, ready to score; it never changes, and threads share it."""

    def __init__(self, file: ModelFile) -> None:
        """Raises ModelRefused if this machine does not know the time zone of the model."""
        self.file = file
        self.zone = _zone(file.zone)
        self._encoders = encoders(file.columns)
        self.forest = Forest(file.columns, file.trees)
        groups = [column.group for column in file.columns]
        self._fit = [place for place, one in enumerate(groups) if one is ColumnGroup.FIT]
        self._intent = [place for place, one in enumerate(groups) if one is ColumnGroup.INTENT]

    @property
    def by(self) -> str:
        """The name and version of the model: "spring 3"."""
        return f"{self.file.name} {self.file.version}"

    def judge(self, lead: RefinedLead) -> LeadScore:
        """The score of a lead.

        `value` is its rank: the percentage of the training leads that scored lower; so the best
        5 % have 95 or more. `probability` is the calibrated probability of a win. `fit` and
        `intent` are ranks, too. `hot` is left to the settings. The points of a reason say how much
        lower the score would be without it (higher, if they are negative).
        """
        found = capture_columns(lead, self.zone)
        codes = [code(found, lead.captured_at) for code in self._encoders]
        leaves = self.forest.leaves(codes)
        raw, sums, ranks = (
            self.forest.raw(leaves),
            self.forest.contributions(leaves),
            self.file.ranks,
        )
        told = reasons(self.file.columns, sums, raw, ranks.raw)
        fit, intent = self._parts(sums)
        return LeadScore(
            value=rank(raw, ranks.raw),
            by=self.by,
            probability=win_probability(raw, self.file.calibration),
            fit=rank(fit, ranks.fit) if ranks.fit else None,
            intent=rank(intent, ranks.intent) if ranks.intent else None,
            reasons=tuple(
                reason(self.file.columns[place], codes[place], points, found, lead.captured_at)
                for place, points in told
            ),
        )

    def codes(self, lead: RefinedLead) -> list[int]:
        """The code of each column of the model for a lead."""
        found = capture_columns(lead, self.zone)
        return [code(found, lead.captured_at) for code in self._encoders]

    def measured(self, codes: Sequence[int]) -> Measured:
        """What the model says of the codes of a lead."""
        leaves = self.forest.leaves(codes)
        raw = self.forest.raw(leaves)
        fit, intent = self._parts(self.forest.contributions(leaves))
        return Measured(raw, win_probability(raw, self.file.calibration), fit, intent)

    def _parts(self, sums: Sequence[float]) -> tuple[float, float]:
        fit, intent = (sum([sums[one] for one in part]) for part in (self._fit, self._intent))
        return fit, intent


def load_model(data: bytes) -> TrainedModel:
    """The model in a file's bytes. Raises ModelRefused, which says in words why it is none."""
    return TrainedModel(model_in(data))


def _zone(name: str) -> tzinfo:
    if name in ("", "UTC"):
        return UTC
    from leadline.settings.notation.zones import zone  # imported here for cold starts

    try:
        return zone(name)
    except (KeyError, ValueError, OSError) as error:
        raise ModelRefused(f"there is no time zone {name!r}") from error

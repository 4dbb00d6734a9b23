"""Scoring: what a refined lead is worth, by the points and the model of the settings.

A score depends on the lead alone, and on when it was captured, so that a lead that is refined anew
has the same one. A model that fails stops no lead: it goes on without a score, and with a problem
that says so.
"""

import logging
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from leadline.kit import Kit
from leadline.model.errors import StorageFailed, StorageFull
from leadline.model.facts.score import LeadScore
from leadline.model.facts.scored_leads import UNSCORED, before_scoring
from leadline.model.lead import RefinedLead
from leadline.scoring.points import PointsEntry, entries_met, score_by_points, with_points
from leadline.settings.team.hours import HoursConfig
from leadline.settings.top.general import Settings
from leadline.settings.top.score import HotThreshold, PointsConfig
from leadline.team.matching.subject import Subject
from leadline.team.people import Team

if TYPE_CHECKING:
    from leadline.experiments.designing import ArmModels, LeftOut
    from leadline.journey.trials.arm_models import FixedModels
    from leadline.scoring.trained import TrainedModel

log = logging.getLogger(__name__)


class Scorer(msgspec.Struct, frozen=True, dict=True):
    """Scores refined leads. Conditions and the model are read when the first lead is scored.

    `left_out` are the entries of points that do not apply to leads of an arm of an experiment,
    `arm_models` the models that arms name in place of `model`, `fixed` finds them as they were when
    their experiment began (None: they are read from their files). The hour and the day of
    conditions are those of the capture, in the zone of the first of *hours*."""

    points: Mapping[str, PointsConfig]
    start: float
    hot: HotThreshold
    model: str
    hours: Mapping[str, HoursConfig] = {}
    left_out: "LeftOut" = {}
    arm_models: "ArmModels" = {}
    fixed: "FixedModels | None" = None

    def __call__(self, lead: RefinedLead) -> LeadScore | None:
        """The score; None if the model can't be read, or fails for this lead. Raises what the store
        raises if the model of an experiment can't be asked for."""
        try:
            score = self._judged(before_scoring(lead))
        except (StorageFailed, StorageFull):
            raise
        except Exception as error:
            log.error(
                "score.failed", extra={"lead": lead.lead_id, "error": self._words(lead, error)}
            )
            return None
        return msgspec.structs.replace(score, hot=score.value >= self.hot.score)

    def fault(self) -> str:
        """Why the model can't be read, in words; "" if it can, or there is none."""
        if not self.model:
            return ""
        from leadline.scoring.model_in_use import model_faults  # few installations have a model

        return next(iter(model_faults(self.model)), "")

    def met(self, lead: RefinedLead) -> list[PointsEntry]:
        """The entries of points of which the lead meets all conditions."""
        subject = Subject(before_scoring(lead), lead.captured_at, hours=self.hours, team=Team())
        return entries_met(self.entries_for(lead), subject)

    def entries_for(self, lead: RefinedLead) -> tuple[PointsEntry, ...]:
        """The entries of points that apply to a lead, by the experiments that it takes part in."""
        if not self.left_out:
            return self.entries
        from leadline.experiments.designing import left_out_for  # few installations have any

        without = left_out_for(self.left_out, lead)
        return tuple(one for one in self.entries if one.name not in without)

    def _judged(self, lead: RefinedLead) -> LeadScore:
        met = self.met(lead) if self.points else []
        trained = self._trained(lead)
        if trained is None:
            return score_by_points(self.entries_for(lead), met, self.start)
        return with_points(trained.judge(lead), self.entries_for(lead), met)

    def _of_arm(self, lead: RefinedLead) -> str:
        """The path of the model that the arm of a lead names; "" for the usual one."""
        if not self.arm_models:
            return ""
        from leadline.experiments.designing import model_for  # few installations have any

        return model_for(self.arm_models, lead)

    def _trained(self, lead: RefinedLead) -> "TrainedModel | None":
        """The model for a lead; None if it is scored by points alone. Raises what `model_at`
        raises."""
        if (fixed := self._as_fixed(lead)) is not None:
            return fixed
        other = self._of_arm(lead)
        if not other and not self.model:
            return None
        from leadline.scoring.model_in_use import model_at  # few installations have a model

        return model_at(other or self.model, of_arm=bool(other))

    def _as_fixed(self, lead: RefinedLead) -> "TrainedModel | None":
        """The model by which the arm of a lead is scored as long as its experiment is in the
        settings; None if it takes part in none, or nothing is fixed. Raises what `model_of`
        raises."""
        if self.fixed is None or not self.arm_models or not lead.experiments:
            return None
        from leadline.experiments.designing import trial_of  # few installations have any

        if (trial := trial_of(self.arm_models, lead)) is None:
            return None
        name, arm = trial
        return self.fixed.model_of(name, arm, self.arm_models[name].get(arm, ""))

    def _words(self, lead: RefinedLead, error: Exception) -> str:
        """What failed, without anything of the lead: a model that was read may quote it."""
        if self.fixed is not None:
            from leadline.experiments.fixed_models import CopyLost

            if isinstance(error, CopyLost):
                return str(error)
        other = self._of_arm(lead)
        if not other and not self.model:
            return type(error).__name__
        from leadline.scoring.model_in_use import model_fault

        return model_fault(other or self.model, of_arm=bool(other)) or type(error).__name__

    @cached_property
    def entries(self) -> tuple[PointsEntry, ...]:
        """The table of points, ready to be used."""
        if not self.points:
            return ()
        from leadline.team.matching.conditions import (
            compile_condition,  # few installations have points
        )

        return tuple(
            PointsEntry(
                name,
                tuple(compile_condition(line, one.lists) for line in one.when),
                one.points,
                one.kind,
                one.words,
            )
            for name, one in self.points.items()
        )


def scorer_of(
    settings: Settings, fixed: "Callable[[], FixedModels] | None" = None
) -> Scorer | None:
    """What scores leads by these settings; None if they score none. *fixed* makes what finds the
    models of experiments as they were at their start, if some arm names a model."""
    if not settings.scores_leads:
        return None
    left_out, models = _of_experiments(settings)
    return Scorer(
        settings.score_points,
        settings.score_start,
        settings.score_hot,
        settings.score_model,
        settings.hours,
        left_out,
        models,
        fixed() if models and fixed is not None else None,
    )


def _of_experiments(settings: Settings) -> "tuple[LeftOut, ArmModels]":
    """The entries of points that do not apply to arms of experiments, and the models of arms."""
    if not settings.experiments:
        return {}, {}
    from leadline.experiments.designing import designs_of, left_out_by, models_by
    from leadline.settings.top.experiments import MODEL

    designs = designs_of(settings.experiments)
    return left_out_by(designs, MODEL), models_by(designs)


def scored(kit: Kit, lead: RefinedLead) -> RefinedLead:
    """The lead with its score by the settings as they are; without one if they score no leads."""
    if kit.scorer is None:
        return lead if lead.score is None else msgspec.structs.replace(lead, score=None)
    score, lead = kit.scorer(lead), before_scoring(lead)
    problems = lead.problems if score is not None else (*lead.problems, UNSCORED)
    return msgspec.structs.replace(lead, score=score, problems=problems)

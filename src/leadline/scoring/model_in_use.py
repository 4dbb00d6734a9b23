"""The trained models that the settings name, each read once in a process."""

from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from leadline.scoring.trained import TrainedModel, load_model

CARRIED = Path(__file__).with_name("model_of_the_stack" + ".json")
"""The model that a deployment on AWS put beside this module, for a stack whose settings name one
(`cloud.packages.carried`)."""

CARRIED_OF_ARMS = Path(__file__).with_name("models_of_arms")
"""The folder beside it with the models that arms of experiments name, by `arm_file_name`."""


def arm_file_name(path: str) -> str:
    """The name of the file in that folder: paths may have characters that no file can."""
    return sha256(path.encode()).hexdigest()[:32] + ".json"


@lru_cache(16)
def model_at(path: str, *, of_arm: bool = False) -> TrainedModel:
    """The model that the settings name by this path, as `score_model` or for an arm of an
    experiment; on AWS the one that the package carries. Raises OSError, or ModelRefused if it is no
    model."""
    return load_model(model_file_at(path, of_arm=of_arm).read_bytes())


def model_file_at(path: str, *, of_arm: bool = False) -> Path:
    """The file that holds the model now: on AWS that of the package."""
    carried = CARRIED_OF_ARMS / arm_file_name(path) if of_arm else CARRIED
    return carried if carried.is_file() else Path(path)


def model_faults(path: str) -> list[str]:
    """What is wrong with the file of the model that the settings name, in words."""
    fault = model_fault(path)
    return [f"score_model: {fault}"] if fault else []


def arm_model_faults(models: Mapping[str, str]) -> list[str]:
    """What is wrong with the files of models that arms of experiments name, by the setting."""
    found = ((setting, model_fault(path, of_arm=True)) for setting, path in models.items())
    return [f"{setting}: {fault}" for setting, fault in found if fault]


def model_fault(path: str, *, of_arm: bool = False) -> str:
    """Why the model of this path can't be used, in words; "" if it can."""
    try:
        model_at(path, of_arm=of_arm)
    except (OSError, ValueError) as error:
        return fault_words(path, error)
    return ""


def fault_words(path: str, error: Exception) -> str:
    """Why the model can't be used. It quotes nothing of a lead."""
    if isinstance(error, FileNotFoundError):
        return f"{path}: there is no such file; `leadline deploy aws --settings` carries it to AWS"
    return f"{path}: {error.strerror if isinstance(error, OSError) else error}"

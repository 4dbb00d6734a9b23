"""The trained model that the settings name, read once in a process."""

from functools import lru_cache
from pathlib import Path

from leadline.scoring.trained import TrainedModel, load_model

CARRIED = Path(__file__).with_name("model_of_the_stack" + ".json")
"""The model that a deployment on AWS put beside this module, for a stack whose settings name one
(`cloud.carried`)."""


@lru_cache(4)
def model_at(path: str) -> TrainedModel:
    """The model that the settings name by this path; on AWS the one that the package carries.
    Raises OSError, or ModelRefused if it is no model."""
    return load_model((CARRIED if CARRIED.is_file() else Path(path)).read_bytes())


def model_faults(path: str) -> list[str]:
    """What is wrong with the file of the model that the settings name, in words."""
    try:
        model_at(path)
    except (OSError, ValueError) as error:
        return [f"score_model: {fault_words(path, error)}"]
    return []


def fault_words(path: str, error: Exception) -> str:
    """Why the model can't be used. It quotes nothing of a lead."""
    if isinstance(error, FileNotFoundError):
        return f"{path}: there is no such file; `leadline deploy aws --settings` carries it to AWS"
    return f"{path}: {error.strerror if isinstance(error, OSError) else error}"

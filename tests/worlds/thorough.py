"""How many examples a property of much that has to be made up is tried with."""

import os
from typing import Any

import pytest
from hypothesis import settings


def thorough(examples: int, often: int) -> Any:
    """Decorates a property that `make test-fuzz` tries with *examples*, and `make test` with the
    smaller number *often*."""

    def decorate(test: Any) -> Any:
        tried = examples if os.environ.get("THOROUGH") else often
        return pytest.mark.thorough(settings(max_examples=tried)(test))

    return decorate

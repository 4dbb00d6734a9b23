"""How many examples a property of much that has to be made up is tried with."""

import os
from collections.abc import Callable
from typing import TypeVar

import pytest
from hypothesis import settings

THOROUGH = bool(os.environ.get("THOROUGH"))
"""Whether this is `make test-fuzz`."""

Property = TypeVar("Property", bound=Callable[..., None])


def thorough(examples: int, often: int) -> Callable[[Property], Property]:
    """Decorates a property that `make test-fuzz` tries with *examples*, and `make test` with the
    smaller number *often*."""

    def decorate(test: Property) -> Property:
        tried = examples if THOROUGH else often
        marked: Property = pytest.mark.thorough(settings(max_examples=tried)(test))
        return marked

    return decorate

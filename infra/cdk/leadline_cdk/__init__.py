"""Leadline as a construct of the AWS CDK: README.md beside the package shows its use."""

from .construct import Leadline
from .parameters import Parameters

__all__ = ["Leadline", "Parameters"]

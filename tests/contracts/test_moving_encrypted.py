"""Leads move out of an encrypted data folder and back; `make test-slow` moves all others, too."""

from pathlib import Path

import pytest

from tests.contracts import test_moving as moving
from tests.worlds.moving import TwoInstallations

pytestmark = pytest.mark.parametrize("two", ["encrypted"], indirect=True)


def test_leads_in_every_state_leave_an_encrypted_folder_and_come_back(
    two: TwoInstallations, tmp_path: Path
) -> None:
    moving.test_leads_in_every_state_are_the_same_on_aws_and_back(two, tmp_path)


def test_a_redelivery_is_recognised_after_the_move(two: TwoInstallations) -> None:
    moving.test_a_redelivery_is_recognised_after_the_move(two)

"""The parts that a function works with, made on first use and kept while the function is warm."""

import logging
import os
import time
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from leadline import wiring
from leadline.entrypoints import logs
from leadline.entrypoints.aws.figures import metrics_in
from leadline.installations.functions import StackParts
from leadline.model.errors import ConfigurationError, StorageFailed
from leadline.net.aws.remote_text import read_text
from leadline.settings.general import Settings
from leadline.settings.loading import load

if TYPE_CHECKING:
    from leadline.kit import Connected
    from leadline.settings.crm import AnyCrmConfig

log = logging.getLogger(__name__)

FRESH = timedelta(minutes=5)
"""How long settings are kept before they are read again, and so until a new secret is in use."""
_MARGIN_S = 2.0
_PATIENCE_S = 3.0
_LONGEST_WAIT_S = 5.0


class Parts(StackParts):
    """The parts of one function, configured by its environment (docs/reference/aws-template.md).

    *asks_rules* is whether the function looks at rules, so that its package needs their lists.
    """

    def __init__(self, environ: Mapping[str, str] = os.environ, *, asks_rules: bool = True) -> None:
        super().__init__(environ)
        self._asks_rules = asks_rules
        self._settings: Settings | None = None
        self._crms: tuple[Mapping[str, AnyCrmConfig], Mapping[str, Connected]] | None = None
        self._read_at = 0.0
        logs.configure(environ.get("LEADLINE_LOG_LEVEL", "info"), "json")

    @property
    def stack(self) -> str:
        """The stack's name, which is a dimension of its metrics."""
        return self._environ.get("STACK_NAME", "leadline")

    @cached_property
    def metrics(self) -> frozenset[str]:
        """The names of our own metrics that this stack writes."""
        return metrics_in(self.given("OWN_METRICS"))

    def given(self, name: str) -> str:
        """The value of an optional environment variable; "" without it."""
        return self._environ.get(name, "")

    def settings(self) -> Settings:
        """The settings: those of the environment, overridden by the stack's document.

        If the document cannot be read or is invalid, the settings of the last read are kept;
        without those, raises StorageFailed or ConfigurationError.
        """
        # The wall clock, because a monotonic clock may stop while a function is frozen: one that is
        # seldom called would never read a new secret.
        age = time.time() - self._read_at
        if self._settings is None or not 0 <= age <= FRESH.total_seconds():
            try:
                self._settings = self._read()
            except (StorageFailed, ConfigurationError) as error:
                if self._settings is None:
                    raise
                log.error("settings.stale", extra={"error": type(error).__name__})
            self._read_at = time.time()
        return self._settings

    def _read(self) -> Settings:
        until = self.caller.until
        if self._settings is not None:  # old settings will do, and a sender waits
            soon = time.monotonic() + _PATIENCE_S
            self.caller.until = soon if until is None else min(until, soon)
        try:
            text = read_text(self.caller, self.named("SETTINGS_REFERENCE"))
        finally:
            self.caller.until = until
        document = (text, "the stack's settings")
        settings = load(environ=self._environ, document=document, lists=_carried_list).settings
        asked = any(rule.when for rule in settings.rules.values()) or settings.score_points
        if self._asks_rules and asked:
            from leadline.settings.conditions import carried_lists, carried_patterns

            carried_lists.refuse_missing(settings.rules)
            carried_patterns.refuse_unusable(settings.rules)
            carried_lists.refuse_missing(settings.score_points)
            carried_patterns.refuse_unusable(settings.score_points, "score_points")
        return settings

    def crms(self, settings: Settings, longest: float) -> "Mapping[str, Connected]":
        """The CRMs by source. They are kept, with their connections and access tokens, until their
        settings change; no request to one may take more than *longest* seconds."""
        if self._crms is None or self._crms[0] != settings.crm:
            most = timedelta(seconds=longest)
            capped = {
                source: msgspec.structs.replace(config, timeout=min(config.timeout, most))
                for source, config in settings.crm.items()
            }
            made = wiring.crms(msgspec.structs.replace(settings, crm=capped))
            self._crms = (settings.crm, made)
        return self._crms[1]

    def within(self, milliseconds: int) -> None:
        """Limit all calls to AWS, so that they end before Lambda ends the function in so many
        *milliseconds*."""
        self.caller.until = time.monotonic() + milliseconds / 1000 - _MARGIN_S

    def seconds_to_wait(self) -> float:
        """How long a call to others than AWS may take, so that the lead can still be stored."""
        left = _LONGEST_WAIT_S
        if self.caller.until is not None:
            left = min(left, (self.caller.until - time.monotonic()) / 2)
        return max(left, 0.0)


def _carried_list(name: str) -> frozenset[str]:
    from leadline.settings.conditions.carried_lists import carried_here  # few rules have lists

    return carried_here(name)

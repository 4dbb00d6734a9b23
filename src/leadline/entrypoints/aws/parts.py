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
from leadline.net.aws.remote_text import read_version, read_versioned
from leadline.settings.loading import load
from leadline.settings.top.general import Settings

if TYPE_CHECKING:
    from leadline.kit import Connected
    from leadline.settings.connected.crm import AnyCrmConfig

log = logging.getLogger(__name__)

FRESH = timedelta(minutes=5)
"""How long settings are kept before AWS is asked whether they changed, and so the longest time
until new ones are in use. A parameter is decrypted again only if it did."""
_SOONEST_S = 60.0
"""After a secret was refused the settings are read at once, but not more often than so."""
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
        self._version = ""
        self._read_at = 0.0
        self._hurried_at = 0.0
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
            return self._read_or_keep()
        return self._settings

    def renewed(self, used: Settings) -> Settings | None:
        """Other settings than those *used*, for a second try after a secret of theirs was refused
        or a name was unknown: read at once, unless that was done within a minute. None if they are
        still the same."""
        since = time.time() - self._hurried_at
        if self._settings is used and not 0 <= since < _SOONEST_S:
            self._hurried_at = time.time()
            self._read_or_keep()
        if self._settings is used or self._settings is None:
            return None
        log.info("settings.renewed")
        return self._settings

    def _read_or_keep(self) -> Settings:
        """The settings as they are now, or the old ones if they can't be read."""
        try:
            self._settings = self._read()
        except (StorageFailed, ConfigurationError) as error:
            if self._settings is None:
                raise
            log.error("settings.stale", extra={"error": type(error).__name__})
        self._read_at = time.time()
        return self._settings

    def _read(self) -> Settings:
        reference = self.named("SETTINGS_REFERENCE")
        until = self.caller.until
        if self._settings is not None:  # old settings will do, and a sender waits
            soon = time.monotonic() + _PATIENCE_S
            self.caller.until = soon if until is None else min(until, soon)
        try:
            if self._settings is not None and self._is_current(reference):
                return self._settings
            text, version = read_versioned(self.caller, reference)
        finally:
            self.caller.until = until
        settings = self._understood(text)
        self._version = version
        return settings

    def _is_current(self, reference: str) -> bool:
        return bool(self._version) and read_version(self.caller, reference) == self._version

    def _understood(self, text: str) -> Settings:
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
        settings change; no request to one may take more than *longest* seconds. One that denies
        access is asked again with the settings as they are then, if these changed."""
        if self._crms is None or self._crms[0] != settings.crm:
            from leadline.entrypoints.aws.renewing import RenewingCrms

            used = settings

            def anew() -> "Mapping[str, Connected] | None":
                nonlocal used
                if self._settings is not None and self._settings.crm == used.crm:
                    used = self._settings  # something else has changed since
                new = self.renewed(used)
                changed = new is not None and new.crm != used.crm
                return self._plain_crms(new, longest) if new and changed else None

            made = RenewingCrms(self._plain_crms(settings, longest), anew)
            self._crms = (settings.crm, made)
        return self._crms[1]

    def _plain_crms(self, settings: Settings, longest: float) -> "Mapping[str, Connected]":
        most = timedelta(seconds=longest)
        capped = {
            source: msgspec.structs.replace(config, timeout=min(config.timeout, most))
            for source, config in settings.crm.items()
        }
        return wiring.crms(msgspec.structs.replace(settings, crm=capped))

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

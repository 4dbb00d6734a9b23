"""What a function works with, made when it is first needed and kept while the function is warm."""

import logging
import os
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from leadline import wiring
from leadline.entrypoints import logs
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
"""For so long settings are not asked for again: a rotated secret is known everywhere after it."""
_MARGIN_S = 2.0
_PATIENCE_S = 3.0


class Parts(StackParts):
    """The parts of one function, by its environment (docs/reference/aws-template.md)."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        super().__init__(environ)
        self._settings: Settings | None = None
        self._crms: tuple[Mapping[str, AnyCrmConfig], Mapping[str, Connected]] | None = None
        self._read_at = 0.0
        logs.configure(environ.get("LEADLINE_LOG_LEVEL", "info"), "json")

    @property
    def stack(self) -> str:
        """The stack's name, by which its metrics are found."""
        return self._environ.get("STACK_NAME", "leadline")

    def settings(self) -> Settings:
        """The settings: those of the stack's document over those of the environment.

        Where the document can't be read, or has come to be wrong, the settings that were read
        before go on; without any, raises StorageFailed or ConfigurationError.
        """
        # The wall's clock: a monotonic one may stand still for as long as a function is frozen, and
        # one that is seldom called would never learn of a new secret.
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
        if self._settings is not None:  # there is something to go on with, and a sender waits
            soon = time.monotonic() + _PATIENCE_S
            self.caller.until = soon if until is None else min(until, soon)
        try:
            text = read_text(self.caller, self.named("SETTINGS_REFERENCE"))
        finally:
            self.caller.until = until
        return load(environ=self._environ, document=(text, "the stack's settings")).settings

    def crms(self, settings: Settings, longest: float) -> "Mapping[str, Connected]":
        """The CRMs by source. They are kept, with their connections and access tokens, until
        settings say otherwise; no request to one may take more than *longest* seconds."""
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
        """Let no call to AWS go on until the function is ended for taking too long."""
        self.caller.until = time.monotonic() + milliseconds / 1000 - _MARGIN_S

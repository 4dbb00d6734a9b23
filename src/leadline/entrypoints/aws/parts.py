"""What a function works with, made when it is first needed and kept while the function is warm."""

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
from leadline.model.errors import ConfigurationError, StorageFailed
from leadline.model.task import Step
from leadline.net.aws.calls import Caller, from_environment
from leadline.net.aws.remote_text import read_text
from leadline.settings.general import Settings
from leadline.settings.loading import load
from leadline.stores.aws.bucket import Bucket
from leadline.stores.aws.table import Table
from leadline.stores.aws.wakeups import Queues, queue_of_each_step

if TYPE_CHECKING:
    from leadline.kit import Connected
    from leadline.ports.ledger import Ledger
    from leadline.settings.crm import AnyCrmConfig

log = logging.getLogger(__name__)

FRESH = timedelta(minutes=5)
"""For so long settings are not asked for again: a rotated secret is known everywhere after it."""
_MARGIN_S = 2.0
_PATIENCE_S = 3.0


class Parts:
    """The parts of one function, by its environment (docs/reference/aws-template.md)."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._environ = environ
        self._settings: Settings | None = None
        self._crms: tuple[Mapping[str, AnyCrmConfig], Mapping[str, Connected]] | None = None
        self._read_at = 0.0
        logs.configure(environ.get("LEADLINE_LOG_LEVEL", "info"), "json")

    @cached_property
    def caller(self) -> Caller:
        """Calls to AWS with the function's own role."""
        return from_environment(self._environ)

    @cached_property
    def table(self) -> Table:
        """The ledger."""
        return Table(self.caller, self._named("TABLE_NAME"))

    @cached_property
    def bucket(self) -> Bucket:
        """The archive."""
        return Bucket(self.caller, self._named("S3_BUCKET"))

    @cached_property
    def queues(self) -> Queues:
        """The queues that this function knows."""
        return Queues(
            self.caller,
            self._by_step("SQS_QUEUE_URL", "DELIVERY_QUEUE_URL"),
            self._by_step("REFINE_DLQ_URL", "DELIVERY_DLQ_URL"),
        )

    def _by_step(self, refine: str, delivery: str) -> dict[Step, str]:
        names = queue_of_each_step(refine, delivery)
        return {step: self._environ[n] for step, n in names.items() if n in self._environ}

    def ledger(self) -> "Ledger":
        """The read side, which few requests ask for: it loads what no other does."""
        from leadline.stores.aws.reading.ledger import AwsLedger

        return AwsLedger(self.table, self.bucket)

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
            text = read_text(self.caller, self._named("SETTINGS_REFERENCE"))
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

    def _named(self, name: str) -> str:
        value = self._environ.get(name)
        if not value:
            raise ConfigurationError(f"the function has no {name} in its environment")
        return value

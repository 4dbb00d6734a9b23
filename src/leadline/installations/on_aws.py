"""An installation on AWS: a stack, as an operator's commands use it."""

import os
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from leadline.ports.archive import Outgoing
from leadline.settings.loading import Loaded

if TYPE_CHECKING:
    from leadline.cloud.connecting import ConnectedStack, StackStore
    from leadline.ports.installation import OpenStore, Rebuilt
    from leadline.stores.aws.audit import AwsAudit
    from leadline.stores.aws.moving.transfer import AwsIntake
    from leadline.stores.aws.privacy.erasures import AwsErasures
    from leadline.stores.aws.reading.ledger import AwsLedger
    from leadline.stores.aws.reading.questions import AwsQuestions
    from leadline.stores.aws.sweep.dead_letter_queues import DeadLetterQueues


class OnAws:
    """`ports.installation.Installation` on AWS."""

    def __init__(self, stack: "ConnectedStack") -> None:
        self._stack = stack

    def loaded(self) -> Loaded:
        """See `Installation.loaded`."""
        return self._stack.loaded

    def where(self) -> str:
        """See `Installation.where`."""
        return f"the stack {self._stack.name} in {self._stack.cloud.region}"

    def settings_changed_at(self) -> Mapping[str, datetime]:
        """See `Installation.settings_changed_at`: the parameter or the secret of the stack."""
        at = self._stack.settings_changed_at()
        return {} if at is None else {f"the settings of {self._stack.name}": at}

    def ledger(self) -> "AwsLedger":
        """See `Installation.ledger`."""
        return self._stack.ledger()

    def questions(self) -> "AwsQuestions":
        """See `Installation.questions`."""
        from leadline.stores.aws.reading.questions import AwsQuestions

        settings = self.loaded().settings
        sources = tuple(dict.fromkeys((*settings.sources, *settings.only_sources, *settings.crm)))
        return AwsQuestions(self._stack.ledger(), self._stack.store(), sources)

    def search_ledger(self, *, masked: bool = False) -> "AwsLedger":
        """See `Installation.search_ledger`; a stack has no index of texts."""
        del masked
        return self._stack.ledger()

    def store(self) -> "StackStore":
        """See `Installation.store`."""
        return self._stack.store()

    def past(self) -> "StackStore":
        """See `Installation.past`."""
        return self._stack.store()

    def outgoing(self, since: datetime | None) -> tuple[int | None, Iterator[Outgoing]]:
        """See `Installation.outgoing`; the number is unknown without reading the whole table."""
        from leadline.stores.aws.moving.transfer import leads_of, with_handlings

        leads = leads_of(self._stack.table, self._stack.bucket, since)
        return None, with_handlings(leads, self._stack.store())

    def intake(self) -> "AwsIntake":
        """See `Installation.intake`."""
        return self._stack.intake()

    def erasures(self, store: "OpenStore") -> "AwsErasures":
        """See `Installation.erasures`."""
        from leadline.stores.aws.privacy.erasures import AwsErasures

        del store
        return AwsErasures(self._stack.bucket)

    def audit(self) -> "AwsAudit":
        """See `Installation.audit`."""
        from leadline.stores.aws.audit import AwsAudit

        return AwsAudit(self._stack.table)

    def holds_data(self) -> bool:
        """See `Installation.holds_data`."""
        return True

    def dead_letters(self) -> "DeadLetterQueues":
        """See `Installation.dead_letters`."""
        return self._stack.dead_letters

    def rebuild(self, watch: Callable[[int], None]) -> "Rebuilt":
        """See `Installation.rebuild`; raises AwsFailed."""
        from leadline.installations.erased import rebuilding_without_erased
        from leadline.stores.aws.moving.rebuilding import rebuild

        stack = self._stack
        window = stack.settings.redelivery_window
        with rebuilding_without_erased(self):
            rebuilt = rebuild(stack.table, stack.bucket, stack.wakeups, window, watch)
        stack.store().put_suppressions_back()
        return rebuilt

    def lend_credentials(self, region: str) -> None:
        """See `Installation.lend_credentials`; the credentials are those that boto3 finds."""
        from leadline.cloud.session import readable_errors

        cloud = self._stack.cloud
        with readable_errors():
            found = cloud.session.get_credentials().get_frozen_credentials()
        os.environ.update(
            AWS_ACCESS_KEY_ID=found.access_key,
            AWS_SECRET_ACCESS_KEY=found.secret_key,
            AWS_SESSION_TOKEN=found.token or "",
            AWS_REGION=region or cloud.region,
        )

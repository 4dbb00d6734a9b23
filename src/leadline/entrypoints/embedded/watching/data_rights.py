"""The rights of the data folder, corrected when a server or a worker starts."""

import logging

from leadline.installations.data_folder import settle_folder
from leadline.settings.top.general import Settings

log = logging.getLogger(__name__)


def settle_data(settings: Settings) -> None:
    """Narrow rights in the data folder that are too wide. One log line counts what was narrowed,
    and one what could not be (`leadline doctor` then says what to do).

    Raises ConfigurationError if the folder cannot be read.
    """
    settled = settle_folder(settings.data, settings.rights)
    for event, wide in (("data.narrowed", settled.narrowed), ("data.too_wide", settled.left)):
        if wide:
            log.warning(event, extra={"folders": wide.folders, "files": wide.files})

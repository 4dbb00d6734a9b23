"""Who may read the data folder, put right when a server or a worker starts."""

import logging

from leadline.installations.data_folder import settle_folder
from leadline.settings.general import Settings

log = logging.getLogger(__name__)


def settle_data(settings: Settings) -> None:
    """Narrow what is too wide in the data folder; one line tells of it, and one of what could not
    be narrowed, of which `leadline doctor` says what to do.

    Raises ConfigurationError when the folder can't be looked through.
    """
    settled = settle_folder(settings.data, settings.rights)
    for event, wide in (("data.narrowed", settled.narrowed), ("data.too_wide", settled.left)):
        if wide:
            log.warning(event, extra={"folders": wide.folders, "files": wide.files})

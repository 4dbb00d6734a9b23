"""The checks of `doctor` on ad networks that are told what became of leads."""

from leadline.entrypoints.cli.look._state import Check
from leadline.installations import settings_check
from leadline.settings.connected.outcomes import LinkedInOutcomes
from leadline.settings.top.general import Settings


def check_outcomes(settings: Settings) -> list[Check]:
    """Whether every ad network has what its kind needs, and what it is told; nothing is sent."""
    faults = settings_check.ad_network_faults(settings)
    found: list[Check] = []
    for name, config in settings.outcomes.items():
        what = f"ad network {name}"
        if name in faults:
            found.append(("WRONG", what, faults[name]))
            continue
        how = "at once" if config.automatic else "only by `leadline outcomes push --send`"
        stages = ", ".join(config.stages)
        found.append(("ok", what, f"is told {how} of {stages}, with the consent {config.consent}"))
        if isinstance(config, LinkedInOutcomes) and not config.refresh_token:
            found.append((
                "note", what,
                "its token ends 60 days after it was made, and then nothing is told: renew it in "
                "time, or set client_id, client_secret and refresh_token",
            ))  # fmt: skip
    return found

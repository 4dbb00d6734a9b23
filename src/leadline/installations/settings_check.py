"""Whether everything that settings configure can be created: channels, CRMs, models, providers.

What only some settings name is imported where it is looked at.
"""

from collections.abc import Mapping

from leadline import wiring
from leadline.model.errors import ConfigurationError
from leadline.settings.top.general import Settings


def check(settings: Settings, *, elsewhere: bool = False) -> None:
    """Create every channel and CRM once, so that errors in settings are reported before the first
    lead comes. With *elsewhere*, the settings are for AWS, so channels that need credentials of
    there are not created. Raises ConfigurationError with all problems."""
    wrong: list[str] = []
    # `slack_webhook_url` was checked already.
    if settings.channels or settings.alerts_trouble or settings.audit_channel:
        from leadline.channels.registry import channel_configs, make_channel
        from leadline.channels.trouble import trouble_faults

        wrong += trouble_faults(settings, on_aws=elsewhere)
        for name, config in channel_configs(settings).items():
            try:
                if not (elsewhere and config.kind == "ses"):
                    make_channel(name, config, settings)
            except ConfigurationError as error:
                wrong.append(error.detail)
    wrong += crm_faults(settings).values()
    wrong += ad_network_faults(settings).values()
    if settings.enrich:
        wrong += enrichment_faults(settings).values()
    if wiring.demands_tokens(settings) and not elsewhere:
        from leadline.net.oauth.key_set import faults_of_library

        wrong += faults_of_library()
    if settings.duplicates_weights and not elsewhere:  # a deployment reads them itself
        from leadline.duplicates.policy import weights_faults

        wrong += weights_faults(settings.duplicates_weights)
    if not elsewhere:
        wrong += trained_model_faults(settings)
    if wrong:
        raise ConfigurationError("; ".join(wrong))


def trained_model_faults(settings: Settings) -> list[str]:
    """The problems with the models that score leads, in words; few installations have any."""
    arms = _arm_models(settings)
    if not settings.score_model and not arms:
        return []
    from leadline.scoring.model_in_use import arm_model_faults, model_faults

    usual = model_faults(settings.score_model) if settings.score_model else []
    return usual + arm_model_faults(arms)


def _arm_models(settings: Settings) -> Mapping[str, str]:
    if not settings.experiments:
        return {}
    from leadline.settings.top.experiments import models_of_arms

    return models_of_arms(settings.experiments)


def enrichment_faults(settings: Settings) -> dict[str, str]:
    """The problems in the settings of providers, by name; empty if there are none."""
    from leadline.enrichment.registry import make_providers

    found: dict[str, str] = {}
    make_providers(settings, found)
    return found


def crm_faults(settings: Settings) -> dict[str, str]:
    """The problems in the settings of CRMs, by source; empty if there are none."""
    found: dict[str, str] = {}
    for source in (made := wiring.crms(settings)):
        try:
            made[source]
        except ConfigurationError as error:
            found[source] = error.detail
    return found


def ad_network_faults(settings: Settings) -> dict[str, str]:
    """The problems in the settings of ad networks, by name; empty if there are none."""
    found: dict[str, str] = {}
    for name in (made := wiring.ad_networks(settings)):
        try:
            made[name]
        except ConfigurationError as error:
            found[name] = error.detail
    return found

"""Makes ad networks by their settings."""

from leadline.model.errors import ConfigurationError
from leadline.ports.ad_network import AdNetwork
from leadline.settings.connected.outcomes import (
    GoogleOutcomes,
    LinkedInOutcomes,
    MetaOutcomes,
    OutcomesConfig,
)


def make_ad_network(name: str, config: OutcomesConfig) -> AdNetwork:
    """The network with these settings; raises ConfigurationError if one is missing. Only the module
    of its kind is loaded."""
    if missing := config.missing():
        raise ConfigurationError(f"[outcomes.{name}] lacks {', '.join(missing)}")
    match config:
        case MetaOutcomes():
            from leadline.conversions.meta import MetaConversions

            return MetaConversions(config)
        case GoogleOutcomes():
            from leadline.conversions.google import GoogleConversions

            return GoogleConversions(config)
        case LinkedInOutcomes():
            from leadline.conversions.linkedin import LinkedInConversions

            return LinkedInConversions(config)
    raise ConfigurationError(f"[outcomes.{name}] lacks kind (meta, google, linkedin)")

"""The check of `doctor` whether the keys of access tokens can be had."""

from collections.abc import Iterator

from leadline.entrypoints.cli._state import Check
from leadline.settings.general import Settings

_WITHIN_S = 10.0


def check_token_issuers(settings: Settings, *, offline: bool) -> Iterator[Check]:
    """Fetch the keys of each issuer whose tokens a source demands."""
    for source, config in settings.sources.items():
        if not config.oauth_issuer:
            continue
        what = f"tokens for {source}"
        if offline:
            yield "note", what, "not contacted (--offline)"
            continue
        from leadline.net.oauth.fetching import Issuer, fetch_key_set
        from leadline.net.oauth.key_set import KeySetError, faults_of_library

        if faults := faults_of_library():
            yield "WRONG", what, faults[0]
            continue
        try:
            keys = fetch_key_set(Issuer(config.oauth_issuer, config.oauth_jwks_url), _WITHIN_S)
        except KeySetError as error:
            yield "WRONG", what, f"{error}; deliveries are answered 503"
        else:
            number = "1 key" if len(keys) == 1 else f"{len(keys)} keys"
            yield "ok", what, f"{config.oauth_issuer} publishes {number} that count"

"""The checks of `doctor` whether the keys of issuers can be had."""

from collections.abc import Iterator

from leadline.entrypoints.cli.look._state import Check
from leadline.settings.top.general import Settings

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


def check_login_issuer(settings: Settings, *, offline: bool) -> Iterator[Check]:
    """Ask the issuer of the company's accounts, if people log in to the dashboard by one, for its
    metadata and keys; nobody is logged in."""
    issuer, what = settings.dashboard_oidc_issuer, "logins by the issuer"
    if not issuer or not settings.dashboard_port:
        return
    if offline:
        yield "note", what, "not contacted (--offline)"
        return
    from leadline.net.oauth.fetching import Issuer, fetch_key_set
    from leadline.net.oauth.key_set import KeySetError
    from leadline.net.oauth.providers import ProviderError, fetch_provider

    try:
        provider = fetch_provider(issuer, _WITHIN_S)
        keys = fetch_key_set(Issuer(issuer, provider.jwks_uri), _WITHIN_S)
    except (ProviderError, KeySetError) as error:
        yield "WRONG", what, f"{error}; nobody can log in by it, passwords and links work"
        return
    back = settings.dashboard_url + "/login/oidc/return"
    number = "1 key" if len(keys) == 1 else f"{len(keys)} keys"
    yield "ok", what, f"{issuer} answers, with {number} that count; it must know {back}"

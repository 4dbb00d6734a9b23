"""A trial run of a function: whether it finds its settings, AWS, and what it speaks to.

An operator's command starts it (`leadline deploy aws`, `leadline status --aws`). Only who may
invoke the function can: what senders post comes wrapped in an event of API Gateway, and messages in
one of SQS.
"""

from collections.abc import Callable, Mapping

from leadline.entrypoints.aws.parts import Parts
from leadline.model.errors import LeadlineError
from leadline.net.aws.calls import host_of
from leadline.net.reaching import Server, server_of_url, unreachable
from leadline.settings.top.general import Settings

_EACH_S = 5.0
"""Seconds within which a server must answer."""

Found = dict[str, str]
"""`what` is aws with a service, settings, or the setting of a destination, `where` its server, and
`trouble` why it can't be reached, or ""."""

Destinations = Callable[[Settings, str], Mapping[str, Server]]
"""The servers that settings name, by setting, in an AWS region."""


def trial_run(parts: Parts, destinations: Destinations | None = None) -> dict[str, list[Found]]:
    """What was found, also of the *destinations* if they are given.

    It takes no longer than about twice `_EACH_S`. Nothing is read but the settings, and nothing
    written.
    """
    reached = _reach(servers_of_aws(parts))
    if any(one["trouble"] for one in reached):
        return {"reached": reached}  # without AWS the settings can't be read either
    try:
        settings = parts.settings()
    except LeadlineError as error:
        # The text of a ConfigurationError may quote a setting.
        return {"reached": [*reached, _found("settings", "", type(error).__name__)]}
    reached.append(_found("settings", "", ""))
    if destinations is not None:
        reached += _reach(destinations(settings, parts.caller.region))
    return {"reached": reached}


def _reach(servers: Mapping[str, Server]) -> list[Found]:
    why = unreachable(set(servers.values()), _EACH_S)
    return [
        _found(what, f"{server.host}:{server.port}", why[server])
        for what, server in servers.items()
    ]


def _found(what: str, where: str, trouble: str) -> Found:
    return {"what": what, "where": where, "trouble": trouble}


def servers_of_aws(parts: Parts) -> Mapping[str, Server]:
    """The services that every function uses, with those of the stack's clock."""
    endpoint = server_of_url(parts.caller.endpoint)
    if endpoint is not None:
        return {"aws": endpoint}
    kind = parts.named("SETTINGS_REFERENCE").partition(":")[0]
    region = parts.caller.region
    return {
        f"aws {name}": Server(host_of(name, region), 443, True)
        for name in ("dynamodb", "s3", "sqs", kind, *parts.clock_services)
    }

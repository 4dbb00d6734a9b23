"""No setting that files of users may have is lost, and none changes its default unnoticed."""

import pytest

from leadline.channels.registry import MAKERS
from leadline.plugins import own_crms
from leadline.settings.connected.channels import CHANNELS, ChannelConfig
from leadline.settings.connected.crm_kinds import CRM_KINDS
from leadline.settings.declaration import SettingsStruct, inner_tables_of, settings_of
from leadline.settings.tables import TABLES
from leadline.settings.top.general import Settings

# As of commit 173241e: names, and the defaults as a user would write them.
DECLARED = """
[]
data = leadline-data
host = 127.0.0.1
port = 8080
public_url =
delay = 10m
redelivery_window = 7d
workers = 1
lease = 60s
retry_base = 1s
retry_max = 1h
max_attempts = 25
region =
slack_webhook_url =
slack_per_second = 1
slack_digest_above = 20
slack_timeout = 10s
show_url =
max_body = 1MiB
max_events = 1000
max_stored = 4MiB
max_waiting = 1024
receive_timeout = 10s
log_level = info
log_format = json
slack_signing_secret =
look_up_for = 24h
look_up_every = 1m
unassigned_channel =
reconcile_every = 0
reconcile_back = 2h
only_sources =
metrics_token =
metrics_listen =
data_group = none
[sources]
secret =
public = no
tolerance = 5m
delay =
hot_score =
skip_when_owned = no
owner = no
organization =
honeypot =
country =
map =
[crm]
kind =
url =
token =
user =
database =
client_id =
client_secret =
refresh_token =
version =
timeout = 10s
overwrite =
look_up = yes
per_second = 10
read =
write =
endings =
[channels]
kind =
url =
token =
secret =
room =
server =
port = 587
security = starttls
user =
sender =
to =
region =
leads =
per_second = 1
digest_above = 20
timeout = 10s
fallback =
fallback_after = 5m
[rules]
sources =
owners =
countries =
min_score =
max_score =
ownership =
during =
outside =
channels =
assign =
[people]
email =
slack =
crm =
zone =
quiet =
digest =
next =
[hours]
zone = UTC
days = mon tue wed thu fri
open = 09:00
close = 18:00
holidays =
[targets]
sources =
min_score =
during =
outside =
hours =
first_response = 15m
remind = 13m
escalate = 20m
escalate_to =
reassign =
"""


def captured() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    table = ""
    for line in DECLARED.split("\n"):
        if line.startswith("["):
            table = line.strip("[]")
            found[table] = {}
        elif line:
            name, _, default = line.partition(" =")
            found[table][name] = default.strip()
    return found


def structs(table: str) -> list[type[SettingsStruct]]:
    return list(TABLES[table].structs().values()) if table else [Settings]


@pytest.mark.parametrize(("table", "settings"), captured().items())
def test_every_setting_keeps_its_name_and_its_default(table: str, settings: dict[str, str]) -> None:
    known: dict[str, set[str]] = {}
    for struct in structs(table):
        for name in inner_tables_of(struct):
            known.setdefault(name, set()).add("")
        for name, declared in settings_of(struct).items():
            known.setdefault(name, set()).add(declared.default)
    assert {name: known.get(name) for name in settings} == {n: {d} for n, d in settings.items()}


@pytest.mark.parametrize("table", TABLES)
def test_every_setting_of_a_table_has_a_meaning(table: str) -> None:
    for struct in structs(table):
        for name, declared in settings_of(struct).items():
            assert declared.meaning.endswith("."), name


@pytest.mark.parametrize("table", TABLES)
def test_a_setting_is_written_and_kept_secret_alike_in_every_kind(table: str) -> None:
    known: dict[str, tuple[object, bool]] = {}
    for struct in structs(table):
        for name, declared in settings_of(struct).items():
            alike = (declared.notation.words, declared.secret)
            assert known.setdefault(name, alike) == alike, name


def test_every_kind_of_channel_has_its_struct() -> None:
    kinds = [kind for kind in CHANNELS if kind]
    assert settings_of(ChannelConfig)["kind"].notation.words == f"one of {', '.join(kinds)}"
    assert [CHANNELS[kind]().kind for kind in kinds] == kinds
    assert set(MAKERS) == {CHANNELS[kind] for kind in kinds}


def test_every_crm_has_its_struct() -> None:
    assert {kind for kind in CRM_KINDS if kind} == own_crms()
    assert {kind: made().kind for kind, made in CRM_KINDS.items()} == {k: k for k in CRM_KINDS}

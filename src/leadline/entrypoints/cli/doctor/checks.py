"""The checks of `doctor`."""

import os
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

from leadline import wiring
from leadline.entrypoints.cli.doctor._dashboard_check import check_dashboard, check_dashboard_tls
from leadline.entrypoints.cli.doctor.contacts import check_contacts
from leadline.entrypoints.cli.doctor.outcomes import check_outcomes
from leadline.entrypoints.cli.doctor.processes import check_processes
from leadline.entrypoints.cli.doctor.retention import check_retention
from leadline.entrypoints.cli.doctor.scores import check_scores
from leadline.entrypoints.cli.doctor.settings import (
    check_form_of_secrets,
    check_rules,
    check_teams,
)
from leadline.entrypoints.cli.doctor.silence import check_silence
from leadline.entrypoints.cli.look._removed_teams import check_removed_teams
from leadline.entrypoints.cli.look._state import LEAST_FREE, Check
from leadline.entrypoints.embedded.watching import exposure
from leadline.installations import settings_check
from leadline.installations.privacy_key import trouble_with_key
from leadline.journey.responding.untrusted_owners import UntrustedOwners, untrusted_owners
from leadline.model.errors import ConfigurationError, LeadlineError
from leadline.model.rights import is_shared, new_file, too_wide
from leadline.settings.loading import Loaded
from leadline.settings.notation.zones import zone_rules
from leadline.settings.top.general import Settings
from leadline.vendors.registry import find

_LOOK_S = 10
_NAMED = 10


def all_checks(loaded: Loaded, *, offline: bool = False) -> list[Check]:
    """All checks of an installation with these settings; with *offline*, nothing is contacted. A
    check may also say "slow"."""
    settings = loaded.settings
    return [
        _check_data(settings),
        *_check_file(settings),
        _check_rights(settings),
        *_check_files_of_secrets(loaded.secret_files),
        *(("note", "settings", words) for words in loaded.unused),
        _check_disk(settings),
        _check_fsync(settings),
        _check_clock(),
        _check_zones(),
        *check_processes(settings),
        *check_dashboard(settings),
        *check_dashboard_tls(settings),
        *_check_secrets(settings),
        *check_form_of_secrets(settings),
        _check_metrics(settings),
        *_check_owners(settings),
        *check_silence(settings),
        *check_retention(settings),
        *_check_privacy_key(settings),
        _check_channels(settings),
        _check_crms(settings),
        *check_outcomes(settings),
        *_check_providers(settings),
        *check_rules(settings),
        *check_teams(settings),
        *check_scores(settings),
        *check_removed_teams(settings),
        *check_contacts(settings, offline=offline),
    ]


def _check_data(settings: Settings) -> Check:
    try:
        kept = wiring.store(settings)
    except LeadlineError as error:
        return "WRONG", "data folder", error.detail
    kept.close()
    return "ok", "data folder", str(settings.data)


def _check_privacy_key(settings: Settings) -> list[Check]:
    """WRONG if the key is lost or can't be read; a note if it can't be made at its first use."""
    trouble = trouble_with_key(settings)
    if trouble is None:
        return []
    return [("WRONG" if trouble.was_used else "note", "privacy key", trouble.words)]


def _check_file(settings: Settings) -> list[Check]:
    """Check the database for damage, as far as that can be done quickly."""
    until = time.monotonic() + _LOOK_S
    try:
        ledger = wiring.ledger(settings)
        try:
            faults, damaged, is_whole = ledger.sampled_faults(lambda: time.monotonic() > until)
        finally:
            ledger.close()
    except LeadlineError:
        return []  # reported by the check of the data folder
    told = [f"{one.table}: {one.words}" for one in faults]
    told += [f"{one.lead_id}: {one.what}" for one in damaged]
    if told:
        more = f" and {len(told) - _NAMED} more" if len(told) > _NAMED else ""
        words = "; ".join(told[:_NAMED])
        return [("WRONG", "database", f"damaged: {words}{more}; see `leadline verify --deep`")]
    part = "" if is_whole else f"as far as it was looked at in {_LOOK_S} s: "
    return [("ok", "database", f"{part}SQLite's check and the latest leads' checksums fit")]


def _check_rights(settings: Settings) -> Check:
    """Whether other users may read the data folder."""
    try:
        wide = too_wide(settings.data, settings.rights)
        owner = settings.data.stat().st_uid
    except OSError as error:
        return "WRONG", "rights", f"{settings.data} cannot be checked ({error.strerror})"
    if not wide:
        who = "Leadline's user and its group" if settings.data_group == "read" else "its owner"
        return "ok", "rights", f"only {who} may read the data"
    if is_shared(settings.data):
        return (
            "WRONG",
            "rights",
            f"{settings.data} is shared by all users; choose another one with --data",
        )
    take = "g-w,o-rwx" if settings.data_group == "read" else "go-rwx"
    return (
        "WRONG",
        "rights",
        f"others may use {wide} in {settings.data}; a start of `leadline serve` narrows what "
        f"belongs to its user, and for the user {owner}: chmod -R {take} {settings.data}",
    )


def _check_files_of_secrets(files: tuple[Path, ...]) -> list[Check]:
    """A note for each settings file with secrets that all users may read."""
    return [
        (
            "note",
            "settings file",
            f"everybody may read {path}, which holds secrets: chmod o-rwx {path}",
        )
        for path in files
        if path.exists() and path.stat().st_mode & 0o007
    ]


def _check_disk(settings: Settings) -> Check:
    folder = settings.data if settings.data.exists() else Path()
    free = shutil.disk_usage(folder).free
    state = "WRONG" if free < LEAST_FREE else "ok"
    return state, "free space", f"{free / (1 << 30):.1f} GiB"


def _check_fsync(settings: Settings) -> Check:
    """How long an fsync takes: each commit waits for one."""
    path = settings.data / ".doctor"
    try:
        with new_file(path) as file:
            began = time.perf_counter()
            for _ in range(10):
                file.write(b"x" * 8192)
                file.flush()
                os.fsync(file.fileno())
            took_ms = (time.perf_counter() - began) * 100
        path.unlink()
    except OSError as error:
        return "WRONG", "fsync", error.strerror or "failed"
    return ("slow" if took_ms > 50 else "ok"), "fsync", f"{took_ms:.1f} ms"


def _check_clock() -> Check:
    now = datetime.now(UTC)
    # Before this program was written: the clock was never set.
    return ("WRONG" if now.year < 2026 else "ok"), "clock", f"{now:%Y-%m-%dT%H:%M:%SZ}"


def _check_zones() -> Check:
    """Which rules of time zones count: this machine's, or the package's."""
    rules = zone_rules()
    if not rules.machine and not rules.package:
        return "note", "time zones", "this machine has none, and tzdata is not installed"
    here, package = rules.machine or "no known version", rules.package or "none"
    used = "the package's" if rules.is_package_used else "this machine's"
    return "ok", "time zones", f"{used} rules count: package tzdata {package}, this machine {here}"


def _check_secrets(settings: Settings) -> list[Check]:
    """Whether every source that other machines can reach is authenticated."""
    bare, public = exposure.unauthenticated(settings), exposure.public(settings)
    found: list[Check] = []
    if public:
        found.append(("ok", "public sources", f"anybody may post to: {', '.join(public)}"))
    if not bare:
        return [*found, ("ok", "secrets", "every other source is authenticated" if public
                         else "every source is authenticated")]  # fmt: skip
    text = f"anybody is believed as: {', '.join(bare)}"
    if why := exposure.exposed(settings).values():
        return [*found, ("WRONG", "secrets", f"{text}; {', '.join(why)}: {exposure.REMEDY}")]
    return [*found, ("note", "secrets", text)]


def _check_metrics(settings: Settings) -> Check:
    """Whether other machines may read /metrics without a token."""
    own = settings.metrics_listen
    where = f"on {own} alone, " if own else ""
    if settings.metrics_token:
        return "ok", "metrics", f"{where}read with a token"
    if own:
        beyond = not exposure.is_loopback(own.rpartition(":")[0].strip("[]"))
    else:
        beyond = bool(exposure.exposed(settings))
    if not beyond:
        return "ok", "metrics", f"{where}read by whoever is on this machine"
    remedy = "set metrics_token" if own else "set metrics_token or metrics_listen"
    return "note", "metrics", f"{where}read by whoever reaches it: {remedy}"


def _check_owners(settings: Settings) -> list[Check]:
    """A note for each source that names owners without being trusted to."""
    try:
        kept = wiring.store(settings)
    except LeadlineError:
        return []  # `_check_data` reports it
    try:
        ledger = wiring.ledger(settings)
        try:
            claimed = untrusted_owners(kept, ledger, wiring.sources(settings))
        finally:
            ledger.close()
    finally:
        kept.close()
    return [("note", "owners", _owners_in_words(n, c)) for n, c in claimed.items()]


def _owners_in_words(source: str, claimed: UntrustedOwners) -> str:
    text = (
        f"{source} named owners in {claimed.leads} of its last {claimed.of} leads: they are shown, "
        "but not used"
    )
    if find(source).is_crm:
        return f"{text}, because this source has no secret"
    return f'{text}; only if no visitor can write them, set owner = "trusted" in [sources.{source}]'


def _check_channels(settings: Settings) -> Check:
    """Whether every channel has what its kind needs."""
    try:
        made = wiring.channels(settings)
    except ConfigurationError as error:
        return "WRONG", "channels", error.detail
    if not made:
        return "note", "channels", "none is set, so nobody will be alerted"
    return "ok", "channels", ", ".join(made)


def _check_providers(settings: Settings) -> list[Check]:
    """Whether every provider of facts has what its kind needs, and who is asked about whom."""
    if not settings.enrich:
        return []
    from leadline.enrichment.registry import make_providers  # few installations look up

    faults: dict[str, str] = {}
    made = make_providers(settings, faults)
    if faults:
        return [("WRONG", "providers", "; ".join(faults.values()))]
    sent = ", ".join(
        name if one.is_local else f"{name} (is told: {', '.join(sorted(one.needs))})"
        for name, one in made.items()
    )
    return [("ok", "providers", sent)]


def _check_crms(settings: Settings) -> Check:
    """Whether every CRM has what its kind needs, and what it is used for."""
    if faults := settings_check.crm_faults(settings):
        return "WRONG", "CRMs", "; ".join(faults.values())
    if not settings.crm:
        return "note", "CRMs", "none is set, so owners come only from trusted webhooks"
    uses = {
        source: [*(["asked"] if c.look_up else []), *(["written to"] if c.write else [])]
        for source, c in settings.crm.items()
    }
    return "ok", "CRMs", ", ".join(f"{s} ({', '.join(u) or 'unused'})" for s, u in uses.items())

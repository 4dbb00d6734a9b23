"""What commands leave in the audit log: the one place in which they write it.

Each command is declared in `TRACES`; a command that is not is noted as one that changes something.
A command for one lead, or several that are named, is noted once it is known which they are, before
anything is shown or changed; every other one before it begins. So nothing is done without an entry.
"""

import getpass
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any

from leadline.model.personal_data.privacy import AuditEntry

if TYPE_CHECKING:
    from leadline.entrypoints.cli._app import Options


class Trace(StrEnum):
    """What a command does with leads: it CHANGES something, or LOOKS at unmasked data; or it is
    HARMLESS, because it shows ids, counts, settings or made-up leads alone."""

    CHANGES = "changes"
    LOOKS = "looks"
    HARMLESS = "harmless"


def _declared() -> Iterator[tuple[str, Trace]]:
    changes = (
        "reassign", "assign", "people away", "people back", "replay", "correct", "wait", "hold",
        "release", "restore", "import", "erase", "retention run", "hold-data", "release-data",
        "write-back", "reconcile", "move", "rebuild", "duplicates merge", "duplicates unlink",
        "duplicates review", "outcomes push", "suppress add", "suppress remove", "suppress import",
        "dashboard link", "accounts add", "accounts change", "accounts password",
        "accounts remove", "tokens create", "tokens revoke",
        "encryption on", "encryption off", "encryption rotate", "enrich try",
        "experiment start", "experiment stop",
    )  # fmt: skip
    looks = (
        "leads", "show", "tail", "backup", "export", "access", "duplicates list",
        "duplicates show", "duplicates eval", "duplicates fit",
        "score explain",  # reasons may name values of the lead
        "dead",  # errors, which may quote what was sent
    )  # fmt: skip
    harmless = (
        # they run, check or show what the settings say; what changed in them the server notes
        "init", "serve", "worker", "dashboard", "doctor", "config", "config show", "rules",
        "rules check",
        # ids, codes, counts and one's own people
        "status", "why", "verify", "speed", "outcomes", "outcomes show", "duplicates", "people",
        "index rebuild", "index verify",
        "people list", "teams", "teams list", "teams show", "teams learned", "retention",
        "retention report",
        "accounts", "accounts list", "tokens", "tokens list",
        "score", "score check", "score train", "score compare", "score drift", "score show",
        "rules backtest", "rules shadow", "enrich report", "experiment plan", "experiment show",
        "erase verify", "suppress check", "suppress list",
        "audit", "audit verify", "audit export", "audit head", "encryption status",
        # made-up leads, and payloads that whoever runs the command has in a file
        "sample", "preview", "send", "inbox", "deliver", "deliver test", "rules explain",
        # AWS itself records them (CloudTrail), and logs hold nobody
        "deploy", "deploy aws", "destroy", "destroy aws", "logs", "cost",
        "shards",  # where entries of indexes stand; nothing of what is in them is shown or changed
        "package", "package aws",  # code, a template, and files that settings name
    )  # fmt: skip
    for trace, names in zip(Trace, (changes, looks, harmless), strict=True):
        yield from ((name, trace) for name in names)


TRACES: Mapping[str, Trace] = dict(_declared())
"""What every command does, by its words."""
_OF_LEADS = ("lead", "leads", "other")
"""The parameters by which leads are named."""
_OF_PEOPLE = {"people away": "name", "people back": "name", "reassign": "source"}
"""The parameters by which commands name whom of `[people]` they are about."""
_TO_PEOPLE = frozenset(("to", "person"))
"""The parameters that name who of `[people]` gets something."""
_OF_ACCOUNTS = {
    "dashboard link": "account", "accounts add": "name", "accounts change": "name",
    "accounts password": "name", "accounts remove": "name", "tokens create": "name",
    "tokens revoke": "name", "experiment start": "name", "experiment stop": "name",
}  # fmt: skip
"""The parameters by which accounts and tokens of the dashboard, and experiments, are named."""
_MASKED = "masked"


class Noting:
    """Notes one command in the audit log of the installation that it works on."""

    def __init__(self, options: "Options", words: str, given: Mapping[str, Any]) -> None:
        self._options = options
        self._words = words
        self._given = given
        self._is_noted = False
        self._leads: set[str] = set()

    def begin(self) -> None:
        """Note the command, unless it names leads, which are known later, or there is no data
        yet."""
        names_leads = any(self._given.get(name) for name in _OF_LEADS)
        if not names_leads and self._options.installation.holds_data():
            self._note(self._person())

    def lead(self, lead_id: str) -> None:
        """Note that the command is about a lead, once for each."""
        if lead_id not in self._leads:
            self._leads.add(lead_id)
            self._note(lead_id)

    def end(self) -> None:
        """Note the command if it was not yet, and there is data now."""
        if not self._is_noted and self._options.installation.holds_data():
            self._note(self._person())

    def _note(self, subject: str) -> None:
        self._options.installation.audit().append([
            AuditEntry(
                at=datetime.now(UTC),
                actor=actor(),
                action=f"cli.{self._words.replace(' ', '.')}",
                subject=subject,
                detail=self._detail(),
            )
        ])  # fmt: skip
        self._is_noted = True

    def _person(self) -> str:
        """Whom of `[people]`, or which account, the command is about; "" for nobody."""
        if isinstance(account := self._given.get(_OF_ACCOUNTS.get(self._words, "")), str):
            return account
        name = self._given.get(_OF_PEOPLE.get(self._words, ""))
        return name if isinstance(name, str) and name in self._people() else ""

    def _people(self) -> Mapping[str, Any]:
        return self._options.installation.loaded().settings.people

    def _detail(self) -> str:
        """The names of the options, without values, which may name the person of a lead."""
        named = (_OF_PEOPLE.get(self._words), _OF_ACCOUNTS.get(self._words))
        left_out = (*_OF_LEADS, *named)
        given = {name: one for name, one in self._given.items() if one and name not in left_out}
        return " ".join(
            f"{name} {one}" if name in _TO_PEOPLE and one in self._people() else name
            for name, one in sorted(given.items(), key=lambda pair: pair[0])
        )


def noted_lead(options: "Options", lead_id: str) -> str:
    """Note that the command that runs is about this lead, whose id is returned."""
    if options.noting is not None:
        options.noting.lead(lead_id)
    return lead_id


def begin_noting(context: Any, words: str) -> None:
    """Note what a group of commands does without a subcommand, before it begins."""
    given = {name: value for name, value in context.params.items() if _is_given(context, name)}
    context.obj.noting = Noting(context.obj, words, given)
    context.obj.noting.begin()


@contextmanager
def noting(options: "Options", words: str, given: Mapping[str, Any]) -> Iterator[None]:
    """Note what the block does: the command of these words, with its parameters as given."""
    if not _is_traced(options, words, given):
        yield
        return
    options.noting = Noting(options, words, given)
    options.noting.begin()
    yield
    options.noting.end()


def _is_traced(options: "Options", words: str, given: Mapping[str, Any]) -> bool:
    trace = TRACES.get(words, Trace.CHANGES)
    if words == "tail" and options.aws is not None:  # it shows logs, which name nobody
        return False
    if trace is Trace.LOOKS and _MASKED in given:
        return not options.is_masked(given[_MASKED])
    return trace is not Trace.HARMLESS


def audited(command: Any, words: str) -> Any:
    """The command (of Typer), and all of its subcommands, such that each is noted when it runs."""
    for name, inner in getattr(command, "commands", {}).items():
        audited(inner, f"{words} {name}")
    is_group = hasattr(command, "commands")  # its own part is noted by itself where it acts
    if not is_group and not isinstance(command.invoke, partial):
        command.invoke = partial(_invoked, command.invoke, words)
    return command


def _invoked(invoke: Any, words: str, context: Any) -> Any:
    options = context.obj
    if options is None:  # `--help` and completion
        return invoke(context)
    given = {
        name: value for name, value in context.params.items()
        if name == _MASKED or _is_given(context, name)
    }  # fmt: skip
    with noting(options, words, given):
        return invoke(context)


def _is_given(context: Any, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def actor() -> str:
    """Who runs the command, for the audit log."""
    return f"command:{user_name()}"


def user_name() -> str:
    """The user of the process, and who became that user by sudo."""
    try:
        import pwd

        name = pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):  # a container without a name for its user
        try:
            name = getpass.getuser()
        except (KeyError, OSError):
            name = "unknown"
    before = os.environ.get("SUDO_USER", "")
    return f"{name} (sudo {before})" if before and before != name else name

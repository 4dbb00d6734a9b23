"""The commands of `leadline`: what its help says of each, and the modules that make them.

So `--help` loads none of them and a command only its own; a test holds the table to the commands.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Command(NamedTuple):
    """The first sentence of a command's help, and the modules of this package that register it."""

    sentence: str
    modules: tuple[str, ...]


GROUPS: Mapping[str, Mapping[str, Command]] = {
    "Run": {
        "init": Command(
            "Ask a few questions and write a leadline.toml that works.", ("run.initializing",)
        ),
        "serve": Command(
            "Receive webhooks, refine due leads and send alerts, until SIGTERM or Ctrl-C.",
            ("run.running",),
        ),
        "worker": Command(
            "Refine due leads and send alerts, without receiving webhooks.", ("run.running",)
        ),
        "dashboard": Command(
            "Show the dashboard in a browser: on its own, or of a stack.", ("run.dashboards",)
        ),
        "doctor": Command(
            "Check settings, disk, clock, senders, channels and CRMs; "
            "exit 1 if something is wrong.",
            ("run.running",),
        ),
        "config": Command("Show and check the settings.", ("run.running",)),
    },
    "Look": {
        "status": Command(
            "Show what waits, what is late, and what is wrong; exit 1 if something is.",
            ("look.status",),
        ),
        "tail": Command(
            "Follow what comes in, whom channels tell, and what is refused.", ("look.tailing",)
        ),
        "leads": Command(
            "List leads, newest first, in the width of the terminal.", ("look.leads",)
        ),
        "show": Command(
            "Show one lead: timeline, raw and refined data, changes, owner, attempts and alerts.",
            ("look.leads",),
        ),
        "why": Command(
            "Show why a lead is whose it is: the rules, the people, and what changed since.",
            ("look.reasoning",),
        ),
        "verify": Command(
            "Account for every accepted event; exit 1 if one is unaccounted for.",
            ("look.leads_verify",),
        ),
        "speed": Command(
            "Show response times: until the owner was known, the alert, and the first response.",
            ("repair.waits",),
        ),
        "outcomes": Command(
            "Show how leads ended (won, lost, disqualified), and tell ad networks.",
            ("look.outcomes",),
        ),
        "duplicates": Command(
            "Find, join and part leads about one person.",
            ("pairs.duplicates", "pairs.duplicates_fitting"),
        ),
        "score": Command(
            "Explain scores of leads, and train and check models that give them.",
            ("scores.scoring", "scores.scoring_training"),
        ),
    },
    "Assign": {
        "people": Command("Show who is there, and say who is away.", ("assign.people",)),
        "teams": Command(
            "Show the teams that give out leads.", ("assign.teams", "assign.teams_learned")
        ),
        "assign": Command(
            "Give one refined lead to somebody, whether they are there or not.",
            ("assign.teams",),
        ),
        "reassign": Command(
            "Give all open leads of somebody to others: by turn of the team, or to one person.",
            ("assign.teams",),
        ),
        "rules": Command(
            "Check rules and teams, and try them on leads before they are live.",
            ("rules.backtest", "rules.check", "rules.explain", "rules.shadow"),
        ),
        "experiment": Command(
            "Try strategies beside each other on shares of the leads, and see which is better.",
            ("assign.experimenting",),
        ),
    },
    "Repair": {
        "dead": Command("List dead letters, grouped by reason.", ("repair.replaying",)),
        "replay": Command(
            "Process leads again from capture, refinement, alert, or their dead letters.",
            ("repair.replaying",),
        ),
        "correct": Command(
            "Correct fields of one lead, and refine it again.", ("repair.correcting",)
        ),
        "wait": Command("Change how long one lead waits before it is refined.", ("repair.waits",)),
        "hold": Command("Put one waiting lead on hold until it is released.", ("repair.waits",)),
        "release": Command(
            "Release a lead on hold; it is refined when its wait ends, or at once if that is past.",
            ("repair.waits",),
        ),
        "backup": Command(
            "Make a consistent copy of all data while the server runs, and check it.",
            ("repair.archives",),
        ),
        "restore": Command(
            "Restore the data from a backup; the server must be stopped.", ("repair.archives",)
        ),
        "export": Command(
            "Export raw and refined leads with their handling, in the layout of the S3 bucket.",
            ("repair.archives",),
        ),
        "index": Command(
            "Rebuild or check the index by which leads are searched and counted.",
            ("repair.indexing",),
        ),
        "import": Command(
            "Import raw and refined leads with their handling; existing leads stay unchanged.",
            ("repair.archives",),
        ),
    },
    "Access": {
        "accounts": Command("Manage who may look at the dashboard.", ("access.accounts",)),
        "tokens": Command(
            "Manage tokens with which programs ask the dashboard.", ("access.tokens",)
        ),
    },
    "Privacy": {
        "erase": Command("Erase everything that is held about a person.", ("privacy.erasing",)),
        "access": Command(
            "Show everything that is held about a person: with source, purpose and recipients.",
            ("privacy.accessing",),
        ),
        "audit": Command(
            "Show who did what: people, commands, and looks at unmasked leads.",
            ("privacy.auditing",),
        ),
        "suppress": Command(
            "Keep the list of people who are not to be contacted.", ("privacy.suppressing",)
        ),
        "retention": Command(
            "Show or delete what is older than the settings allow.", ("privacy.retaining",)
        ),
        "encryption": Command(
            "Encrypt personal data in the data folder, or change its keys.", ("privacy.encrypting",)
        ),
        "hold-data": Command(
            "Put one lead under a legal hold: its data is neither erased nor deleted by retention.",
            ("privacy.retaining",),
        ),
        "release-data": Command(
            "End the legal hold on one lead; retention then deletes what is too old.",
            ("privacy.retaining",),
        ),
    },
    "Connect": {
        "sample": Command(
            "Print the payload of a made-up lead, as this source would send it.",
            ("connect.sampling",),
        ),
        "preview": Command(
            "Show the refined lead and the Slack message for a payload; nothing is stored.",
            ("connect.trying",),
        ),
        "send": Command("Sign a payload and post it, as its CRM would.", ("connect.trying",)),
        "inbox": Command(
            "Show alerts on a page of this machine, as Slack would; its buttons work.",
            ("connect.inboxing",),
        ),
        "deliver": Command("Test channels.", ("connect.delivering",)),
        "enrich": Command(
            "Look up facts about leads: what providers knew and cost, and a question to one.",
            ("connect.enriching",),
        ),
        "write-back": Command(
            "Write refined leads back to their CRMs, again or for the first time.", ("connect.crm",)
        ),
        "reconcile": Command(
            "Find leads in the CRM whose webhooks never arrived, and capture them.",
            ("connect.reconciling",),
        ),
    },
    "AWS": {
        "deploy": Command("Deploy Leadline to AWS.", ("aws.cloud",)),
        "destroy": Command("Delete a deployment.", ("aws.cloud",)),
        "package": Command("Package Leadline for another tool to deploy.", ("aws.packaging",)),
        "logs": Command(
            "Show the log lines of a stack's functions in order of time.", ("aws.cloud_status",)
        ),
        "move": Command(
            "Move all leads of the data folder to a stack on AWS, or back.", ("aws.moving",)
        ),
        "rebuild": Command(
            "Rebuild the table of a stack from its archive: adds all leads that the table lacks.",
            ("aws.rebuilding",),
        ),
        "shards": Command(
            "Show in how many partitions a stack's indexes are, and move what is in unused ones.",
            ("aws.sharding",),
        ),
        "cost": Command(
            "Estimate a month on AWS, line by line, from a dated list of prices.", ("aws.cost",)
        ),
    },
}
"""The commands of `leadline --help` under each heading, in this order."""

COMMANDS: Mapping[str, Command] = {
    name: command for commands in GROUPS.values() for name, command in commands.items()
}

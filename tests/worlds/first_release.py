"""What an installation of commit 173241e left behind (tests/data/first_release), to go on with."""

import json
import tarfile
from pathlib import Path
from typing import Any

from tests.worlds.aws_resources import AwsResources

FOLDER = Path(__file__).parents[1] / "data" / "first_release"
TOLD = ("told", "seen again", "claimed", "snoozed", "won")
"""The leads of which Slack had been told."""
UNTOLD = ("told in vain", "being told", "owned", "linked", "leased", "waiting")
"""The leads of which nobody had been told, and somebody is to be."""
SILENT = ("untellable", "spam", "dead", "held", "ignored", "stranger", "late update", "folded")
"""What nobody is to be told of: dead letters, spam, a lead that is held, and further events."""


def unpacked(folder: Path) -> dict[str, str]:
    """Unpack the embedded installation with its copies; the ids of its leads by name."""
    with tarfile.open(FOLDER / "embedded.tar.gz") as tar:
        tar.extractall(folder, filter="fully_trusted")  # with the rights that they had
    ids: dict[str, str] = json.loads((folder / "ids.json").read_text())
    assert set(ids) == {*TOLD, *UNTOLD, *SILENT}
    return ids


class FirstReleaseData:
    """What a stack left behind: `ids` of leads by name, `messages` by queue."""

    def __init__(self, text: str = "") -> None:
        whole = json.loads(text or (FOLDER / "aws.json").read_text())
        self.ids: dict[str, str] = whole["ids"]
        self._objects: dict[str, dict[str, str]] = whole["objects"]
        self._items: list[dict[str, Any]] = whole["items"]
        self._messages: list[dict[str, str]] = whole["messages"]

    def messages(self, queue: str) -> list[str]:
        """The bodies of all that was ever sent to a queue: SQS may hand out any of them again."""
        return [one["body"] for one in self._messages if one["queue"] == queue]

    def put_into(self, resources: AwsResources) -> None:
        """Put documents and items where they were. Versions of documents have new names there."""
        items = json.dumps(self._items)
        for key, kept in self._objects.items():
            version = resources.bucket.put(key, kept["body"].encode())
            items = items.replace(kept["version"], version)
        for item in json.loads(items):
            body = {"TableName": resources.table.name, "Item": item}
            resources.caller.json("dynamodb", "DynamoDB_20120810.PutItem", body)

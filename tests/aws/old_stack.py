"""A stack of commit 173241e, deployed by its own code, and what only its code can leave in a stack
(tests/data/stack_173241e)."""

import json
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.aws.deployment import PARAMETERS, Deployment, operator_environment
from tests.aws.other_ways import as_texts
from tests.standins.emulator import REGION, Emulator

SOURCE = Path(__file__).parents[1] / "data" / "stack_173241e" / "source.tar.xz"

_DEPLOY = """
import json, sys
from leadline.cloud import deploying, packaging
from leadline.cloud.session import connect

# Only its CRMs need these two, which are not installed any more.
packaging.WORK_NEEDS = tuple({*packaging.WORK_NEEDS} - {"httpx", "httpcore"})
told = json.load(sys.stdin)
cloud = connect()
with deploying.planned(cloud, deploying.Order(**told), lambda _: None) as plan:
    stack = deploying.roll_out(cloud, plan, lambda _: None)
    url = deploying.webhook_url(cloud, stack)
outputs = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
print(json.dumps({"url": url, "outputs": outputs}))
"""

_STORE = """
import json, sys
from datetime import UTC, datetime, timedelta
from leadline.adapters.aws.bells import Queues, queue_of_each_step
from leadline.adapters.aws.bucket import Bucket
from leadline.adapters.aws.calls import Caller
from leadline.adapters.aws.signing import Keys
from leadline.adapters.aws.store import AwsStore
from leadline.adapters.aws.table import Table

told = json.load(sys.stdin)
out = told["outputs"]
caller = Caller(told["region"], lambda: Keys("test", "test"), told["endpoint"])
queues = Queues(caller, queue_of_each_step(out["RefineQueueUrl"], out["DeliveryQueueUrl"]), {})
store = AwsStore(Table(caller, out["TableName"]), Bucket(caller, out["BucketName"]), queues)
"""

_LEASE = """
from leadline.lead import Step

leases = store.claim(Step(told["step"]), 100, timedelta(seconds=told["seconds"]), told["channel"])
print(json.dumps([lease.task.lead_id for lease in leases]))
"""

_HALF = """
from leadline.capture import CaptureKit, read
from leadline.lead import Delivery
from leadline.sources import SourceConfig, find

class Ended(Exception):
    pass

def end(*_):
    raise Ended

source = find("generic")(SourceConfig(secret=("a secret",)))
headers = {"content-type": "application/json", "authorization": "Bearer a secret"}
delivery = Delivery("generic", told["body"].encode(), datetime.now(UTC), headers)
(lead,) = read(delivery, CaptureKit({"generic": source}, timedelta()))
Table.write_all = end
try:
    store.accept([lead])
except Ended:
    print(json.dumps(lead.id))
"""


class OldStack(Deployment):
    """A stack that commit 173241e deployed. *parameters* go before PARAMETERS, *settings* is a
    `leadline.toml`, both as that version knew them; `deploy` is today's command, and updates it."""

    def __init__(
        self,
        emulator: Emulator,
        folder: Path,
        *,
        stack: str,
        parameters: Mapping[str, str | int | bool],
        settings: str,
    ) -> None:
        self.emulator, self.folder, self.stack = emulator, folder, stack
        self.parameters, self.told, self._prelude = {**PARAMETERS, **parameters}, {}, ""
        with tarfile.open(SOURCE) as tar:
            tar.extractall(folder / "old", filter="data")
        made = self._old_code(
            _DEPLOY, stack=stack, parameters=as_texts(self.parameters), settings=settings
        )
        self.url, self.outputs = made["url"], made["outputs"]

    def lease(self, step: str, seconds: int, channel: str = "") -> list[str]:
        """Lease all tasks of a step that are due, as a function does that ends before it has
        settled them; the ids of the leads."""
        leased: list[str] = self._old_store(_LEASE, step=step, channel=channel, seconds=seconds)
        return leased

    def capture_half(self, body: str) -> str:
        """Capture a lead, and end when its raw document is in the bucket; its id."""
        lead_id: str = self._old_store(_HALF, body=body)
        return lead_id

    def _old_store(self, program: str, **told: object) -> Any:
        return self._old_code(
            _STORE + program, outputs=self.outputs, endpoint=self.emulator.endpoint, region=REGION,
            **told,
        )  # fmt: skip

    def _old_code(self, program: str, **told: object) -> Any:
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={
                **operator_environment(self.emulator), "PYTHONPATH": str(self.folder / "old"),
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            cwd=self.folder, input=json.dumps(told), timeout=180, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

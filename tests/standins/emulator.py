"""The AWS emulator on loopback, in a process of its own, for tests marked `aws`.

`make emulator` installs it into `.emulator`, apart from what Leadline itself needs.
"""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from tests.standins.ports import free_port

HOME = Path(__file__).parents[2] / ".emulator"
REGION = "eu-west-1"
CODE_BUCKET = f"leadline-code-000000000000-{REGION}"
KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}


class Emulator:
    """One emulator; every address it knows is on this machine."""

    def __init__(self, log: Path) -> None:
        program = HOME / "bin" / "ministack"
        if not program.exists():
            raise FileNotFoundError(f"{program} is missing: run `make emulator`")
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        environment = {
            "PATH": f"{HOME / 'bin'}:{os.environ['PATH']}",
            "HOME": str(log.parent),
            "TMPDIR": str(log.parent),
            "AUTH": "true",  # roles are enforced
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "MINISTACK_HOST": "127.0.0.1",
            "AWS_ENDPOINT_URL": self.endpoint,  # else functions would call the real AWS
            "AWS_DEFAULT_REGION": REGION,
            "IOT_MTLS_ENABLED": "0",  # else it opens a port on every address
            "LEADLINE_PYTHON": os.environ.get("LEADLINE_PYTHON", str(HOME / "bin" / "python")),
        }
        with log.open("wb") as sink:
            self._process = subprocess.Popen(
                [program], env=environment, cwd=log.parent, stdout=sink, stderr=sink,
                start_new_session=True,
            )  # fmt: skip
        try:
            self._wait(log)
        except BaseException:
            self.stop()
            raise

    def _wait(self, log: Path) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if self._process.poll() is not None:
                raise RuntimeError(f"the emulator ended at once:\n{log.read_text()[-2000:]}")
            try:
                with urllib.request.urlopen(f"{self.endpoint}/_ministack/ready", timeout=2):
                    return
            except (OSError, urllib.error.URLError):
                time.sleep(0.1)
        raise TimeoutError(f"the emulator does not answer:\n{log.read_text()[-2000:]}")

    def client(self, service: str, **more: Any) -> Any:
        """A boto3 client of the emulator, as its root unless keys are given."""
        import boto3

        return boto3.client(
            service, endpoint_url=self.endpoint, region_name=REGION, **{**KEYS, **more}
        )

    def reset(self) -> None:
        """Forget everything but uploaded code, which the next deployment would have to compile and
        compress again."""
        s3 = self.client("s3")
        code: dict[str, bytes] = {}
        if CODE_BUCKET in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]:
            for one in s3.list_objects_v2(Bucket=CODE_BUCKET).get("Contents", []):
                found = s3.get_object(Bucket=CODE_BUCKET, Key=one["Key"])
                code[one["Key"]] = found["Body"].read()
        request = urllib.request.Request(f"{self.endpoint}/_ministack/reset", method="POST")
        with urllib.request.urlopen(request, timeout=60):
            pass
        if code:
            s3.create_bucket(
                Bucket=CODE_BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
            )
        for key, body in code.items():
            s3.put_object(Bucket=CODE_BUCKET, Key=key, Body=body)

    def stop(self) -> None:
        """End it with every function that it started."""
        try:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        except ProcessLookupError:
            pass

"""The archive in S3 (S3 API Reference: PutObject, GetObject, ListObjectsV2)."""

from collections.abc import Callable, Iterator, Sequence

from leadline.net.aws.calls import AwsFailed, Caller, code_of
from leadline.stores.aws.parallel import in_parallel


class AccessRefused(AwsFailed):
    """A document that AWS refuses to give. Callers without permission to list the bucket get this
    error for a missing document as well (S3 API Reference, "GetObject")."""


class Bucket:
    """One bucket, addressed by path, which S3 and emulators support."""

    def __init__(self, caller: Caller, name: str) -> None:
        self._caller = caller
        self.name = name

    def put(self, key: str, document: bytes) -> str:
        """Store a document, replacing an existing one; returns its version ("" without versioning).

        Raises AwsFailed.
        """
        reply = self._caller.call(
            "s3", "PUT", f"/{self.name}/{key}", document, headers=_JSON
        )  # fmt: skip
        if reply.status != 200:
            raise AwsFailed(f"PutObject {key}", code_of(reply), reply.body)
        return reply.headers.get("x-amz-version-id", "")

    def put_new(self, key: str, document: bytes) -> bool:
        """Store a document unless the key exists (`If-None-Match: *`); returns whether it was new.

        Raises AwsFailed.
        """
        reply = self._caller.call(
            "s3", "PUT", f"/{self.name}/{key}", document, headers={**_JSON, "if-none-match": "*"}
        )
        if reply.status == 412:
            return False
        if reply.status != 200:
            raise AwsFailed(f"PutObject {key}", code_of(reply), reply.body)
        return True

    def get(self, key: str, version: str = "") -> bytes | None:
        """A document, or None if there is none. Raises Withheld if AWS refuses to give it, and
        AwsFailed."""
        query = {"versionId": version} if version and version != "null" else {}
        reply = self._caller.call("s3", "GET", f"/{self.name}/{key}", query=query)
        if reply.status == 200:
            return reply.body
        code = code_of(reply)
        if code in ("NoSuchKey", "NoSuchVersion", "404"):
            return None
        raise AccessRefused(f"GetObject {key}", code, reply.body)

    def get_all(
        self,
        keys: Sequence[tuple[str, str]],
        refused: Callable[[int, AccessRefused], None] | None = None,
    ) -> list[bytes | None]:
        """Several documents by key and version, in the given order, read in parallel.

        *refused*, if given, is called with the index and the error of each document that AWS
        refuses to give; the result has None for it. Without *refused*, Withheld is raised.
        """

        def get(place: int) -> bytes | None:
            try:
                return self.get(*keys[place])
            except AccessRefused as error:
                if refused is None:
                    raise
                refused(place, error)
                return None

        places = range(len(keys))
        if len(keys) < 2:
            return [get(place) for place in places]
        return in_parallel(get, places)

    def keys(self, prefix: str, after: str = "") -> Iterator[str]:
        """The keys with this prefix after *after*, sorted; a thousand per request."""
        token = ""
        while True:
            query = {"list-type": "2", "prefix": prefix}
            if token:
                query["continuation-token"] = token
            elif after:
                query["start-after"] = after
            found, token = self._list(query, "Key")
            yield from found
            if not token:
                return

    def folders(self, prefix: str) -> list[str]:
        """The common prefixes of keys below *prefix*, each up to and including the next slash."""
        found, _ = self._list({"list-type": "2", "prefix": prefix, "delimiter": "/"}, "Prefix")
        return [one for one in found if one != prefix]

    def delete_earlier(self, key: str) -> None:
        """Delete all versions of a document but the present one. Raises AwsFailed."""
        from xml.etree import ElementTree  # only operators erase for good

        query = {"versions": "", "prefix": key}
        reply = self._caller.call("s3", "GET", f"/{self.name}", query=query)
        if reply.status != 200:
            raise AwsFailed("ListObjectVersions", code_of(reply), reply.body)
        for one in ElementTree.fromstring(reply.body):  # noqa: S314 - AWS wrote it
            told = {part.tag.rpartition("}")[2]: part.text or "" for part in one}
            if told.get("Key") == key and told.get("IsLatest") == "false":
                self._delete_version(key, told["VersionId"])

    def _delete_version(self, key: str, version: str) -> None:
        query = {"versionId": version}
        reply = self._caller.call("s3", "DELETE", f"/{self.name}/{key}", query=query)
        if reply.status not in (200, 204):
            raise AwsFailed(f"DeleteObject {key}", code_of(reply), reply.body)

    def _list(self, query: dict[str, str], what: str) -> tuple[list[str], str]:
        from xml.etree import ElementTree  # only sweeps and operators list

        reply = self._caller.call("s3", "GET", f"/{self.name}", query=query)
        if reply.status != 200:
            raise AwsFailed("ListObjectsV2", code_of(reply), reply.body)
        found: list[str] = []
        token = ""
        for element in ElementTree.fromstring(reply.body).iter():  # noqa: S314 - AWS wrote it
            name = element.tag.rpartition("}")[2]
            if name == what and element.text:
                found.append(element.text)
            elif name == "NextContinuationToken":
                token = element.text or ""
        return found, token


_JSON = {"content-type": "application/json"}

"""Style sheets, scripts and images, at addresses that change with them: browsers keep them."""

from collections.abc import Mapping
from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

STATIC = Path(__file__).parent.parent / "static"
_A_YEAR = "public, max-age=31536000, immutable"


class StaticFiles(msgspec.Struct, frozen=True):
    """The files below `static/` by their paths there, and the beginning of the digest of all."""

    digest: str
    files: Mapping[str, bytes]

    @classmethod
    def read(cls, folder: Path = STATIC) -> "StaticFiles":
        """The files of a folder. A request never names a path of the disk."""
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
        digest = sha256()
        for name, content in files.items():
            digest.update(f"{name}:{len(content)}:".encode() + content)
        return cls(digest.hexdigest()[:16], files)

    def url(self, name: str) -> str:
        """Where browsers find a file; raises KeyError if there is none."""
        self.files[name]
        return f"/static/{self.digest}/{name}"


async def static(request: Request) -> Response:
    """A file. Those of another version of Leadline are not here."""
    files: StaticFiles = request.app.state.static
    name = request.path_params["path"]
    if request.path_params["digest"] != files.digest or name not in files.files:
        raise HTTPException(404)
    kind = guess_type(name)[0] or "application/octet-stream"
    return Response(files.files[name], media_type=kind, headers={"cache-control": _A_YEAR})

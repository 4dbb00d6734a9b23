"""The models of an experiment's arms, kept in documents as they were when they were fixed.

Their names are of their content, so that two arms, or two experiments, with the same model share
one copy. DynamoDB takes at most 400 KB of an item, so a long content is divided.
"""

import base64
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256

import msgspec

from leadline.experiments.record import FixedModel

_LONGEST = 300_000
"""The most characters of a part."""
_MOST_BYTES = 16 << 20
"""The most bytes that a copy may have when it is unpacked: twice what a model has at most."""


class ModelContent(msgspec.Struct, frozen=True):
    """What the file of a model holds now: its `path`, the model's name and version (`by`), and the
    bytes."""

    path: str
    by: str
    data: bytes

    @property
    def digest(self) -> str:
        """The SHA-256 digest of the bytes, in hexadecimal digits."""
        return sha256(self.data).hexdigest()


class CopyLost(ValueError):
    """The copy of a model is not there, or is not what was copied."""


def names_of_model(digest: str, parts: int) -> list[str]:
    """The names of the documents in which a model is kept."""
    return [f"model:{digest}:{part}" for part in range(parts)]


def fixed_model(content: ModelContent, now: datetime) -> tuple[FixedModel, dict[str, bytes]]:
    """A model that is fixed now, and the documents that keep it, by name."""
    text = base64.b64encode(zlib.compress(content.data, 9)).decode()
    pieces = [text[at : at + _LONGEST] for at in range(0, len(text), _LONGEST)]
    made = FixedModel(content.path, content.by, content.digest, len(pieces), now)
    names = names_of_model(made.digest, made.parts)
    return made, {
        name: msgspec.json.encode(piece) for name, piece in zip(names, pieces, strict=True)
    }


def content_of(fixed: FixedModel, bodies: Mapping[str, bytes]) -> bytes:
    """The content of a model in these documents. Raises CopyLost."""
    try:
        names = names_of_model(fixed.digest, fixed.parts)
        text = "".join(msgspec.json.decode(bodies[name], type=str) for name in names)
        data = zlib.decompressobj().decompress(base64.b64decode(text), _MOST_BYTES)
    except (KeyError, ValueError, zlib.error):
        raise CopyLost(_lost(fixed)) from None
    if sha256(data).hexdigest() != fixed.digest:
        raise CopyLost(_lost(fixed))
    return data


def _lost(fixed: FixedModel) -> str:
    return f"the copy of {fixed.by} that was made when it was fixed is lost or damaged"


def with_other(fixed: FixedModel, digest: str, by: str, now: datetime) -> FixedModel:
    """The model with what its file holds now, by digest, name and version; the same value if that
    is known already."""
    if digest == fixed.digest:
        return msgspec.structs.replace(fixed, other="", other_at=None) if fixed.other else fixed
    if by == fixed.other:
        return fixed
    return msgspec.structs.replace(fixed, other=by, other_at=fixed.other_at or now)


def model_remarks(models: Mapping[str, FixedModel], started_at: datetime) -> Sequence[str]:
    """What is to be said of the models of an experiment: those of which the file holds another one
    now, and those that were fixed only after the start."""
    found = [other_model_words(arm, one) for arm, one in models.items() if one.other]
    late = [arm for arm, one in models.items() if one.since > started_at]
    if late:
        found.append(
            f"the models of {', '.join(late)} are kept as they are only since "
            f"{_day(max(models[arm].since for arm in late))}, after the start"
        )
    return found


def other_model_words(arm: str, one: FixedModel) -> str:
    """That the file of an arm holds another model than the one that is fixed."""
    return (
        f"{one.path} holds another model ({one.other}, noticed at {_day(one.other_at)}): leads of "
        f"{arm} are still scored by {one.by} as it was at {_day(one.since)}"
    )


def _day(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%d %H:%M} UTC"

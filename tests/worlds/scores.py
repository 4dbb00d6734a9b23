"""Settings that score leads, and a small model."""

from leadline.journey.refinement.scoring import Scorer
from leadline.scoring.model_file import (
    FORMAT,
    Calibration,
    Column,
    ColumnGroup,
    ColumnKind,
    HeldOut,
    ModelFile,
    Quality,
    Ranks,
    Split,
    Tree,
    model_bytes,
)
from leadline.settings.top.score import HotThreshold, PointsConfig

COMPANY = PointsConfig(when=("email_kind = business",), points=25, say="writes from a company")
PRICE = PointsConfig(when=("message contains price",), points=40, kind="intent", say="asks a price")
NO_PHONE = PointsConfig(when=("phone is empty",), points=-10, say="gave no number")
POINTS = {"company": COMPANY, "price": PRICE, "no_phone": NO_PHONE}


def scorer(**changed: object) -> Scorer:
    """What scores leads by `POINTS`, from 20 on, hot from 70 on."""
    settings = {"points": POINTS, "start": 20.0, "hot": HotThreshold(least=70), "model": ""}
    return Scorer(**{**settings, **changed})  # type: ignore[arg-type]


def small_model(name: str = "small", version: int = 1) -> bytes:
    """A model of one column: a business address scores 95, any other 5."""
    kinds = Column("email_kind", ColumnKind.CATEGORY, ColumnGroup.FIT, words=("business", "free"))
    tree = Tree((Split(0, -1, -2, 0.0, codes=(0,)),), (1.0, -1.0))
    steps = tuple(-2.0 for _ in range(5)) + tuple(0.0 for _ in range(90)) + (2.0,) * 5
    measured = Quality(100, 10, 0.9, 0.08, 3.0)
    return model_bytes(
        ModelFile(
            format=FORMAT, name=name, version=version, zone="UTC",
            trained_at="2026-11-30T00:00:00Z", outcome="won", leads=100, won=10,
            columns=(kinds,), trees=(tree,),
            calibration=Calibration(), ranks=Ranks(steps, steps), held_out=HeldOut(share=0.8),
            model=measured, baseline=measured,
        )
    )  # fmt: skip

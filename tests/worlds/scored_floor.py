"""An installation that scores its leads: `hot` (85, won), `cool` (20) and `sent` (10)."""

from pathlib import Path

from leadline.model.handling import Ending
from tests.worlds.leads import HandClock
from tests.worlds.sales_floor import FLOOR, SalesFloor

SCORED = (
    FLOOR
    + """
[score]
start = 20
hot = 70
[score.points.company]
when = "email_kind = business"
points = 25
say = "writes from a company"
[score.points.price]
when = "message contains price"
points = 40
kind = "intent"
say = "asks for a price"
[score.points.free]
when = "email_kind = free"
points = -10
"""
)


def scored_floor(folder: Path, clock: HandClock, settings: str = SCORED) -> SalesFloor:
    """The installation; `sent` has a score of its sender, too."""
    floor = SalesFloor(folder, clock, settings)
    floor.lead("hot", message="What is the price?", score=3)
    floor.lead("cool", email="cool@gmail.com")
    floor.lead("sent", email="sent@gmail.com", score=99)
    floor.end("hot", Ending.WON)
    floor.clock.advance(minutes=1)
    return floor

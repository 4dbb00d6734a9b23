"""What the readers of sources and refinement both know about names of people."""

_PARTICLES = (
    "van von vom vander der den de del della delle dello di da dal dos das do du des la le lo "
    "los las ter ten te zu zur zum ibn bin bint al el abu st st. saint san santa mac mc o y "
    "op af av 't dela delos delas ó ní nic uí mhic ua"
)
PARTICLES = frozenset(_PARTICLES.split())
"""Words that belong to the last name which they stand before."""

ANOTHER_PERSON = "custom.another_person"
"""The problem code of a lead whose unrecognised fields may describe another person."""

"""Which arm a lead gets: by a hash of the experiment and of whom the lead is about.

Drawn is not the lead but its company, else its person, so that colleagues and repeated leads are
treated alike; the same unit is tested (`experiments.counting`), since what is drawn together is
not independent. The draw of one experiment does not depend on any other.
"""

from hashlib import blake2b

from leadline.experiments.record import Design
from leadline.model.lead import RefinedLead

_RANGE = 1 << 64


def unit_of(lead: RefinedLead) -> str:
    """Whom a lead is about, as 16 hexadecimal digits: the company by its domain, else the person by
    e-mail address or phone number; a lead without any of them stands for itself."""
    contact = lead.contact
    known = (
        ("domain", contact.company_domain),
        ("email", contact.email_canonical),
        ("phone", contact.phone_e164),
        ("lead", lead.lead_id),
    )
    kind, value = next((kind, value) for kind, value in known if value)
    return blake2b(f"{kind}:{value}".encode(), digest_size=8).hexdigest()


def arm_of(seed: str, design: Design, unit: str) -> str:
    """The name of the unit's arm."""
    digest = blake2b(unit.encode(), key=seed.encode(), digest_size=8).digest()
    point, passed = int.from_bytes(digest, "big") / _RANGE, 0.0
    for arm, share in zip(design.arms, design.shares, strict=True):
        passed += share
        if point < passed:
            return arm.name
    return design.arms[-1].name  # rounding left a gap below 1

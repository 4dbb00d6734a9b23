"""Where a lead came from, as advertising networks count it: UTM parameters and click ids."""

import msgspec


class Attribution(msgspec.Struct, frozen=True, omit_defaults=True):
    """The UTM parameters and click ids of a lead, as the sender gave them; None if missing.

    `gclid`, `gbraid` and `wbraid` are Google's, `fbclid`, `fbc` and `fbp` Meta's (the last two from
    its cookies), `msclkid` Microsoft's, `li_fat_id` LinkedIn's and `ttclid` TikTok's.
    """

    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
    utm_term: str | None = None
    utm_content: str | None = None
    gclid: str | None = None
    gbraid: str | None = None
    wbraid: str | None = None
    fbclid: str | None = None
    fbc: str | None = None
    fbp: str | None = None
    msclkid: str | None = None
    li_fat_id: str | None = None
    ttclid: str | None = None

    @property
    def click_ids(self) -> tuple[str, ...]:
        """The names of the click ids that the lead has."""
        names = (name for name in self.__struct_fields__ if not name.startswith("utm_"))
        return tuple(name for name in names if getattr(self, name) is not None)

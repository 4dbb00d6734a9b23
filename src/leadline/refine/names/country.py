"""The country by whose custom a name is written."""

_BY_CALLING_CODE = {
    "1": "US", "7": "RU", "27": "ZA", "31": "NL", "32": "BE", "33": "FR", "34": "ES", "36": "HU",
    "39": "IT", "41": "CH", "43": "AT", "44": "GB", "48": "PL", "49": "DE", "51": "PE", "52": "MX",
    "53": "CU", "54": "AR", "55": "BR", "56": "CL", "57": "CO", "58": "VE", "60": "MY", "61": "AU",
    "64": "NZ", "65": "SG", "81": "JP", "82": "KR", "84": "VN", "86": "CN", "90": "TR", "244": "AO",
    "258": "MZ", "351": "PT", "353": "IE", "375": "BY", "380": "UA", "502": "GT", "503": "SV",
    "504": "HN", "505": "NI", "506": "CR", "507": "PA", "591": "BO", "593": "EC", "595": "PY",
    "598": "UY", "850": "KP", "852": "HK", "853": "MO", "886": "TW",
}  # fmt: skip
"""Countries whose custom `name_order`, `name_iberian` or `casing_particles` knows."""


def country_of_name(country: str | None, phone: str | None, usual: str) -> str:
    """The ISO code of the country by whose custom a lead's name is written: *usual*, unless the
    lead names no country and has a phone number (E.164) of another one."""
    if country or not phone:
        return usual
    for size in (1, 2, 3):  # no calling code begins with another one
        if found := _BY_CALLING_CODE.get(phone[1 : 1 + size]):
            return found
    return usual

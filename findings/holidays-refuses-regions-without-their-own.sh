#!/usr/bin/env bash
# holidays 0.109 takes the ISO 3166-2 code of a country's part in some countries only if the part
# has holidays of its own, and raises for all other parts instead of giving the holidays of the
# country. All parts of Germany, the United States and Switzerland are taken, also where nothing
# differs; none of the Netherlands, Belgium, Ireland and Mexico is, and 15 of 124 of France (ISO
# codes by pycountry 26.2.16). The parts that it knows of the Netherlands, "Noord", "Midden" and
# "Zuid", are no ISO codes and have exactly the holidays of the country. What it means for leads:
# a deadline in working days, computed by country and state of a lead's address, works with German
# and American leads and raises NotImplementedError at the first Dutch one. Pass a part only if
# list_supported_countries() names it.
# Seen: for each country how many codes are refused, of how many; see "expected" below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check holidays==0.109 pycountry==26.2.16
cat > "$folder/ask.py" <<'PYTHON'
import holidays
import pycountry


def is_refused(country, part):
    try:
        holidays.country_holidays(country, subdiv=part, years=2027)
    except NotImplementedError:
        return True
    return False


for country in ("DE", "US", "CH", "NL", "BE", "IE", "MX", "FR"):
    parts = [one.code[3:] for one in pycountry.subdivisions.get(country_code=country)]
    refused = [part for part in parts if is_refused(country, part)]
    print(f"{country}: {len(refused)} of {len(parts)}")
days = dict(holidays.country_holidays("NL", years=2027))
for part in ("Noord", "Midden", "Zuid"):
    print(f"NL {part}: {dict(holidays.country_holidays('NL', subdiv=part, years=2027)) == days}")
PYTHON
seen=$("$folder/venv/bin/python" "$folder/ask.py" 2>/dev/null)
echo "$seen"
expected='DE: 0 of 16
US: 0 of 57
CH: 0 of 26
NL: 18 of 18
BE: 13 of 13
IE: 30 of 30
MX: 32 of 32
FR: 109 of 124
NL Noord: True
NL Midden: True
NL Zuid: True'
[ "$seen" = "$expected" ]

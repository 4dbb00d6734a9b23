#!/usr/bin/env bash
# vobject 0.9.9 reads vCards of every version by the rule of 3.0 that a comma in a text is
# escaped, and keeps of a text with an unescaped comma only what stands before it. vCard 2.1 has
# no escape for a comma, so there "FN:Lovelace, Ada" is how that name is written; it becomes
# "Lovelace", and notes and titles end at their first comma. In 3.0 and 4.0 a URL is cut, too,
# although it is a URI and not a text (RFC 2426, section 3.6.8; RFC 6350, section 6.7.8), in which
# a comma is not escaped; and of a list of nicknames (RFC 2426, section 3.1.3) only the first is
# kept. Nothing is raised or logged. What it means for leads: contacts from phones, card scanners
# and badges come as vCards, some of them of version 2.1. The request in NOTE arrives without its
# second half and reads as if it were whole.
# Seen: the lines of "expected" below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check vobject==0.9.9
cat > "$folder/read.py" <<'PYTHON'
import vobject

OLD = """BEGIN:VCARD
VERSION:2.1
N:Lovelace;Ada
FN:Lovelace, Ada
TITLE:Head of Sales, EMEA
NOTE:20 seats, but only if you can start in May
END:VCARD
"""
NEW = """BEGIN:VCARD
VERSION:{version}
N:Lovelace;Ada;;;
FN:Lovelace\\, Ada
NICKNAME:Ada,Addie
URL:https://example.com/map/@52.5,13.4
END:VCARD
"""


def card(text):
    return vobject.readOne(text.replace("\n", "\r\n"))


old = card(OLD)
print("\n".join([old.fn.value, old.title.value, old.note.value]))
for version in ("3.0", "4.0"):
    new = card(NEW.format(version=version))
    print("\n".join([new.fn.value, new.nickname.value, new.url.value]))
PYTHON
seen=$("$folder/venv/bin/python" "$folder/read.py" 2>&1)
echo "$seen"
expected='Lovelace
Head of Sales
20 seats
Lovelace, Ada
Ada
https://example.com/map/@52.5
Lovelace, Ada
Ada
https://example.com/map/@52.5'
[ "$seen" = "$expected" ]

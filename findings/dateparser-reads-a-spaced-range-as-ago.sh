#!/usr/bin/env bash
# dateparser 1.5.0 reads "3-6 months" as in six months and "3 - 6 months" as six months ago,
# although English is given and dates in the future are preferred (`PREFER_DATES_FROM`): after a
# space a hyphen or dash is taken for a minus. The beginning of the range is dropped in both. The
# same range in words ("3 to 6 months", "within 3 months") is no date at all, while a lone "a" is
# a day in January, and "Q3 2027" the 29th of August, because today is a 29th. What it means for
# leads: "When do you want to buy?" is a usual question of forms, and its choices are often
# written with spaces. A follow-up that is planned by such a date is overdue when it is made.
# Seen: the lines of "expected" below, as of 29 November 2026.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check dateparser==1.5.0 regex==2026.11.19
cat > "$folder/read.py" <<'PYTHON'
from datetime import datetime

import dateparser

ANSWERS = ["3-6 months", "3 - 6 months", "3 – 6 months", "1 - 2 years", "3 to 6 months"]
ANSWERS += ["within 3 months", "a", "Q3 2027"]
SETTINGS = {"PREFER_DATES_FROM": "future", "RELATIVE_BASE": datetime(2026, 11, 29, 12)}
for answer in ANSWERS:
    read = dateparser.parse(answer, languages=["en"], settings=SETTINGS)
    print(f"{answer}: {read and read.date()}")
PYTHON
seen=$("$folder/venv/bin/python" "$folder/read.py" 2>/dev/null)
echo "$seen"
expected='3-6 months: 2027-05-29
3 - 6 months: 2026-05-29
3 – 6 months: 2026-05-29
1 - 2 years: 2024-11-29
3 to 6 months: None
within 3 months: None
a: 2027-01-29
Q3 2027: 2027-08-29'
[ "$seen" = "$expected" ]

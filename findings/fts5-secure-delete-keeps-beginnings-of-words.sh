#!/usr/bin/env bash
# SQLite 3.54.1's full text search FTS5, with its option 'secure-delete' and PRAGMA secure_delete,
# takes deleted words out of its pages of words, but not out of the index of these pages (table
# NAME_idx): a page there is found by the beginning of its first word, as far as that differs from
# the word before, and the beginning stays when the word is gone, also after 'optimize'; only
# 'rebuild' takes it out. What it means for lead systems: a search index from which a person was
# erased still holds the beginnings of some names and addresses, long ones where many are alike,
# in the file's bytes; run 'rebuild' after an erasure, or keep words that must be erasable in a
# table of your own.
# Seen: of 1,500 deleted words none is in the file, but beginnings that no word left has are in
# the index, also after 'optimize'; after 'rebuild' none is.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'apsw==3.54.1.0'
cat > "$folder/ask.py" <<'PYTHON'
import random
import sys
from pathlib import Path

import apsw

file = Path(sys.argv[1]) / "words.db"
db = apsw.Connection(str(file))
db.execute("PRAGMA secure_delete = ON")
db.execute("CREATE VIRTUAL TABLE found USING fts5(words)")
db.execute("INSERT INTO found(found, rank) VALUES ('secure-delete', 1)")
chance = random.Random(1)
parts = ["ka", "ri", "mo", "te", "su", "lo", "ne", "pa", "vi", "do"]
words = ["".join(chance.choices(parts, k=6)) + str(number) for number in range(3000)]
with db:
    for number, word in enumerate(words):
        db.execute("INSERT INTO found(rowid, words) VALUES (?, ?)", (number, word))
db.execute("INSERT INTO found(found) VALUES ('optimize')")
with db:
    db.execute("DELETE FROM found WHERE rowid % 2")
kept, gone = words[::2], words[1::2]


def beginnings():
    """Those in the index of pages that only deleted words have."""
    terms = [bytes(term)[1:].decode() for (term,) in db.execute("SELECT term FROM found_idx")]
    return [term for term in terms if len(term) > 3
            and any(word.startswith(term) for word in gone)
            and not any(word.startswith(term) for word in kept)]


db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
content = file.read_bytes()
print("deleted words in the file:", sum(word.encode() in content for word in gone))
left = beginnings()
print("beginnings of them in the index, and in the file:", bool(left),
      all(term.encode() in content for term in left))
for command in ("optimize", "rebuild"):
    db.execute("INSERT INTO found(found) VALUES (?)", (command,))
    print(f"after {command}:", bool(beginnings()))
PYTHON
seen=$("$folder/venv/bin/python" "$folder/ask.py" "$folder")
echo "$seen"
expected='deleted words in the file: 0
beginnings of them in the index, and in the file: True True
after optimize: True
after rebuild: False'
[ "$seen" = "$expected" ]

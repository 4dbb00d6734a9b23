"""One action on many leads: what it would do, doing it, and taking it back.

It joins what happens to leads (`journey`) with what operators do with them (`operations`), which
do not know each other.
"""

"""Telling ad networks what became of leads: which stages, to whom, with which consent."""

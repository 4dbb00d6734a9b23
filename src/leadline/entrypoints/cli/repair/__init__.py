"""Doing again, correcting, copying and importing leads."""

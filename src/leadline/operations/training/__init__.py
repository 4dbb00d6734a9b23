"""Trains score models on leads whose outcome is known, compares them, and watches for drift.

LightGBM and NumPy, which the extra `train` brings, are imported by the modules that need them; what
scores leads (`leadline.scoring`) needs neither.
"""

"""Figures of many leads: speed, response, results and campaigns."""

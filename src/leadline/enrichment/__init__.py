"""Providers of facts about leads (`ports.enriching`), one module for each kind."""

"""The language of `when` in `[rules.NAME]`: its fields, its operators, how a line is read, and the
lists in files beside the settings. `leadline.team.matching.conditions` tests leads by what is read
here."""

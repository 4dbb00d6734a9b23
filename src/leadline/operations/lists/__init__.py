"""Lists of leads: filtered, searched, masked, paged and exported."""

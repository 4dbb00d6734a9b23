"""Starting what runs, and the settings that it needs."""

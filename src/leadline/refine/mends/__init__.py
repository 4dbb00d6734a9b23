"""Text that programs damaged on its way, and text that says nothing."""

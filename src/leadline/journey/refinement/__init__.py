"""From a captured lead to a refined one."""

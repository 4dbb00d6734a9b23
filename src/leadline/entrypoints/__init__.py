"""Entry points: thin modules for HTTP, AWS functions and the command line."""

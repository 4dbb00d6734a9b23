"""Entry points: the HTTP server and its workers, the functions on AWS, and the command line."""

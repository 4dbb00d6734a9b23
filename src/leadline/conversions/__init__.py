"""The ad networks: what they are sent, and what they answer."""

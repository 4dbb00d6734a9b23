"""The tables of what Leadline is connected with: senders, CRMs, channels, providers, ad
networks."""

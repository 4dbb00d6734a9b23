"""What is promised: by stores, channels, sources, CRMs, clocks and archives."""

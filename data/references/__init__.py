"""Published measurements, with their sources."""

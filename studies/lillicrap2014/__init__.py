"""Lillicrap, Cownden, Tweed & Akerman (2014): random feedback weights support learning."""

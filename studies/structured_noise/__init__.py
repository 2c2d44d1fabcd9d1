"""Noise with structure beside white noise, as pretraining."""

"""Spontaneous activity of real retinas as pretraining."""

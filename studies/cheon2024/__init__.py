"""Cheon, Lee & Paik (2024): pretraining with random noise, panel by panel."""

"""The page on rules."""

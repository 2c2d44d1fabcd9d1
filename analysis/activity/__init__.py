"""Measures of the activity of many neurons at once."""

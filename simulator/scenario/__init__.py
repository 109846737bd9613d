"""Scenario files: read, checked, and given as the engine plays them."""

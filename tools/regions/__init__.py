"""Builds the region seeds from packages of the registries, and compares them with a list of region history."""

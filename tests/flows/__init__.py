"""Flows that cross the addons, from the facts to the points."""

"""Replay of two real logs through the product, and an independent check of it."""

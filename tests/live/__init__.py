"""Screens of two people on a real server."""

"""Sophon's package."""

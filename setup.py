"""All metadata is in setup.cfg; this file lets older pips install the project."""

from setuptools import setup

setup()

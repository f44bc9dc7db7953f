"""Runs the cases of a plan, one after the other, each to a row.

The folder is not called ``sweep`` because ``clipperf.sweep`` is the function that notebooks call.
"""

"""Logs and summaries that vendors' programs wrote elsewhere become a run folder like any other.

The parts in their order: ``files`` (paths → texts), a reader (text → reports), ``told`` (what the user knows beside
the log), ``twins`` (one measurement told by two files), ``rows`` (reports → rows), ``writing`` (rows → run folder).
"""

"""The worker: a program of its own that opens a runner's instances and keeps requests in flight.

``boot``, ``child``, ``inputs`` and ``answers`` run in the worker, under the interpreter of ``--worker-python``;
``process`` and ``conduct`` run in the command; ``wire`` and ``board`` are what the two share.
"""

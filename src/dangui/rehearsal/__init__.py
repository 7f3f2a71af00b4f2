"""Rehearsal — 演练: plays given/when/then examples of a pack through the real clerk, on the memory store or another.

A case file is read by lawyers and run as a test. ``given`` are acts with the time they occurred; ``then`` are checks;
``when`` is the act in question and ``then_again`` what must come of it.
"""

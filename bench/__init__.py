"""Bench — 评测: measures the engine against what it costs to do the same by hand; see README.md."""

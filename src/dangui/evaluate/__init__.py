"""Evaluation — 评测: what the rules give on real data, beside what really happened; it changes nothing."""

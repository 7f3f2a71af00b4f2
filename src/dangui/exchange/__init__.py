"""Exchange — 交换: what leaves a node and can be proved without it: sealed packages and the transparency log."""

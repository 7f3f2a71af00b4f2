"""All benches — 全部评测: one after the other."""

from bench.rail import main

main()

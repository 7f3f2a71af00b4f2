"""The core — 内核: pure values and functions, standard library only; it is told the time and never does I/O."""

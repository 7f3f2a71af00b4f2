"""Command line — 命令行: everything an operator and an author of packs does with ``dangui``."""

"""Dangui — 单轨: one digital dossier that every agency of a justice system works on."""

__version__ = "0.1.0"

"""Migrations — 迁移: how the web's own tables came to be as they are."""

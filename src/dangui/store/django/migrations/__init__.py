"""Migrations of the store, one for each SQL file."""

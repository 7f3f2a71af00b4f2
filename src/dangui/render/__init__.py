"""Render — 排印: official documents as PDF/A by one layout, and images of their pages."""

"""Check — 检查: what can be proved about packs before any case runs under them; one module for each concern."""

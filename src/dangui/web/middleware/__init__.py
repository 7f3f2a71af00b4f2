"""Middleware — 中间层: what every request passes through: limits of size, safe headers, and who is acting."""

"""The web — 网页: the desk (办案) for officials and counsel, and the public side (公众)."""

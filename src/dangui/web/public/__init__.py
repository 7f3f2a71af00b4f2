"""The public side — 公众: pages for everybody; one task a screen."""

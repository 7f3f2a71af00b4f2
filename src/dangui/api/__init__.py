"""API — 接口: what agencies' own systems ask of the node over HTTP, in JSON, described by OpenAPI."""

"""Store — 存储: ledgers, projections, personal data, jobs and blobs, in memory or in PostgreSQL and a directory."""

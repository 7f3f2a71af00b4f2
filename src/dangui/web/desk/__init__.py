"""The desk — 办案: what officials and defence counsel work at; one module, template and test per address."""

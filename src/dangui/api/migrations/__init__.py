"""Migrations of the credentials — 凭证表迁移."""

"""Django app — the store's tables as Django migrations, for sites that migrate with Django."""

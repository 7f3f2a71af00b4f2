"""Migration file — runs one of the store's SQL files, unless the plain runner already has."""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations import RunSQL

from dangui.store import migrate


class RunFile(RunSQL):
    """RunSQL of the file ``name`` of store/migrations; there is no way back, what was recorded stays."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(migrate.text(name))

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """How Django writes this operation down."""
        return type(self).__qualname__, [self.name], {}

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Run the file and note it, once."""
        connection = schema_editor.connection
        connection.ensure_connection()
        if self.name not in migrate.applied(connection.connection):
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            schema_editor.execute(migrate.RECORD, [self.name])

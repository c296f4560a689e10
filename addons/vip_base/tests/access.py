"""Access as a table: for each model and role, which operations are allowed.

A cell is a string of letters: ``c`` create, ``r`` read, ``w`` write, ``u`` unlink.
"""

OPERATIONS = {"c": "create", "r": "read", "w": "write", "u": "unlink"}


def models_of(env, module):
    """Return the names of the models that ``module`` itself defines."""
    return {
        name
        for name, cls in env.registry.models.items()
        if cls._original_module == module and not cls._abstract
    }


class AccessMatrixMixin:
    """Needs ``users``: user by role."""

    def assert_access(self, table, records):
        """Compare what each role may do with ``records`` to the table.

        :param table: ``{model: {role: letters}}``; a role left out may do nothing
        :param records: ``{model: record}``, each an existing record of the model
        """
        wrong = []
        for model, cells in table.items():
            self.assertIn(model, records, "a record to try the access with")
            for role, user in self.users.items():
                allowed = self.access_of(records[model], user)
                if allowed != set(cells.get(role, "")):
                    wrong.append(
                        f"{model}: {role} may {''.join(sorted(allowed)) or 'nothing'},"
                        f" expected {cells.get(role) or 'nothing'}"
                    )
        self.assertFalse(wrong, "\n".join(wrong))

    def access_of(self, record, user):
        """Return the letters of what ``user`` may do with ``record``, by rights and rules."""
        record = record.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids
        )
        record.invalidate_recordset()
        return {
            letter
            for letter, operation in OPERATIONS.items()
            if record.has_access(operation)
        }

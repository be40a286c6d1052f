"""Secrets of the settings that stand in files, as containers get them: `TAIZHANG_DATABASE_URL_FILE=/run/…`."""

from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource

from taizhang.errors import TaizhangError


class SettingsError(TaizhangError):
    """A setting has a value that it cannot have; the message names its variable and never shows a password."""


class SecretFiles(PydanticBaseSettingsSource):
    """Takes a secret from the file that its variable with `_FILE` names; SettingsError if that cannot be read.

    A secret that is given twice, itself and by a file, is an error: nobody could tell which one counts.
    """

    def __init__(self, settings: type[BaseSettings], *given: PydanticBaseSettingsSource) -> None:
        super().__init__(settings)
        self.variables: dict[str, str | None] = {}
        for source in reversed(given):
            assert isinstance(source, EnvSettingsSource)
            self.variables |= source.env_vars
        self.prefix = str(settings.model_config.get("env_prefix", ""))

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return what the file holds, without the end of its last line; None where no file is named."""
        variable = f"{self.prefix}{field_name}".lower()
        named = self.variables.get(f"{variable}_file")
        if not named or field.annotation not in (SecretStr, SecretStr | None):
            return None, field_name, False
        if self.variables.get(variable):
            raise SettingsError(f"{variable.upper()} and {variable.upper()}_FILE are both set; leave one of them out")
        try:
            content = Path(named).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is no text"
            raise SettingsError(f"{variable.upper()}_FILE: {named} cannot be read: {reason}") from None
        if not content:
            raise SettingsError(f"{variable.upper()}_FILE: {named} is empty")
        return content, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return the values of all secrets that files are named for."""
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}

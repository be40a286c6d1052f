"""The files of `config/`: YAML that a data team writes, read strictly into typed models."""

from collections import Counter
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from taizhang.errors import TaizhangError
from taizhang.settings import settings


class ConfigurationError(TaizhangError):
    """A file of `config/` is not valid; the message names the file, the key and what is wrong, never a secret."""


class Strict(BaseModel):
    """Base of what stands in these files: an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class UniqueKeys(yaml.constructor.BaseConstructor):
    """For a YAML loader: no key may stand twice in a mapping."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Refuse a second entry of the same key, which YAML would take in place of the first."""
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if doubled := [key for key, times in Counter(keys).items() if times > 1]:
            raise yaml.constructor.ConstructorError(None, None, f"{doubled[0]} stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


class _Loader(UniqueKeys, yaml.SafeLoader):
    pass


_Model = TypeVar("_Model", bound=BaseModel)


def read(file_name: str, model: type[_Model]) -> _Model:
    """Read a file of `config/` into its model; ConfigurationError names the file when it is missing or not valid."""
    path = settings().config_dir / file_name
    try:
        return model.model_validate(yaml.load(path.read_text(encoding="utf-8"), _Loader))  # noqa: S506 - a SafeLoader
    except FileNotFoundError:
        raise ConfigurationError(f"{path} is missing") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        raise ConfigurationError(f"{path}: {said(error)}") from None


def said(error: ValidationError) -> str:
    """What pydantic has to say, in one line, without the values that it was given."""
    return "; ".join(
        ".".join(map(str, one["loc"])) + (": " if one["loc"] else "") + one["msg"].removeprefix("Value error, ")
        for one in error.errors(include_url=False, include_input=False)
    )

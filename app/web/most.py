"""Limits of what is asked, as this server has them: `gradtape serve --local` has wider ones."""

from collections.abc import Mapping
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticKnownError, core_schema

from app.work.limits import every_limit

PUBLIC = every_limit()


class Most:
    """At most so much as the limit of this name, which the context of the validation says: of a
    number its size, of a text or a list its length."""

    def __init__(self, name: str):
        self.name = name

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.with_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        made = handler(schema)
        word = {"string": "maxLength", "array": "maxItems"}.get(made.get("type", ""), "maximum")
        return {**made, word: PUBLIC[self.name]}

    def _checked(self, value: Any, info: ValidationInfo) -> Any:
        limits: Mapping[str, Any] = info.context or PUBLIC
        most = int(limits[self.name])
        if isinstance(value, int):
            if value > most:
                raise PydanticKnownError("less_than_equal", {"le": most})
        elif len(value) > most and isinstance(value, str):
            raise PydanticKnownError("string_too_long", {"max_length": most})
        elif len(value) > most:
            sizes = {"field_type": "List", "max_length": most, "actual_length": len(value)}
            raise PydanticKnownError("too_long", sizes)
        return value

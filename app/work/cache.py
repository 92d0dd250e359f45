"""Answers: what has been computed already, kept by the bytes it takes."""

from collections import OrderedDict
from hashlib import sha256
from typing import Any

import orjson


def key_of(job: str, request: dict[str, Any], version: str) -> str:
    """The name of an answer: a hash over the job, its canonical request and the engine.

    The request is hashed as parsed, with its keys in order, so that spelling does not matter.
    """
    text = orjson.dumps([version, job, request], option=orjson.OPT_SORT_KEYS)
    return sha256(text).hexdigest()[:32]


class Answers:
    """Finished answers by key. The least recently used go first when `capacity` bytes are full."""

    def __init__(self, capacity: int = 64 * 1024 * 1024) -> None:
        self.capacity = capacity
        self.size = 0
        self._answers: OrderedDict[str, bytes] = OrderedDict()

    def __len__(self) -> int:
        return len(self._answers)

    def get(self, key: str) -> bytes | None:
        """The answer, or None."""
        answer = self._answers.get(key)
        if answer is not None:
            self._answers.move_to_end(key)
        return answer

    def put(self, key: str, answer: bytes) -> None:
        """Keeps an answer. One that would take more than a quarter of the room is not kept."""
        if len(answer) > self.capacity // 4 or key in self._answers:
            return
        self._answers[key] = answer
        self.size += len(answer)
        while self.size > self.capacity:
            _, oldest = self._answers.popitem(last=False)
            self.size -= len(oldest)

"""One YAML file into its keys and values, or into what keeps it from being one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from services.core.errors import InputError


def parse(path: Path, name: str) -> dict[str, object]:
    """The mapping that the file holds. Raises InputError with all faults; `name` is how they name the file."""
    try:
        text = path.read_text(encoding="utf-8")
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        doubles = list(_doubled_keys(node))
        content = None if node is None else loader.construct_document(node)
    except (OSError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{name}: cannot be read as a UTF-8 text file") from error
    except (yaml.YAMLError, ValueError) as error:
        raise InputError(f"{name}: is not YAML: {' '.join(str(error).split())}") from error
    if doubles:
        raise InputError(*(f"{name}: {double}" for double in doubles))
    if not isinstance(content, dict):
        raise InputError(f"{name}: must hold the keys `rule` (or `explanation`) and `cases`")
    return content


def _doubled_keys(node: yaml.Node | None) -> Iterator[str]:
    """YAML keeps the last of two equal keys and says nothing; a case that loses half its looks must not pass."""
    if isinstance(node, yaml.MappingNode):
        keys = [str(key.value) for key, _ in node.value]
        line = node.start_mark.line + 1
        yield from (f"line {line}: key '{key}' is given twice" for key in dict.fromkeys(keys) if keys.count(key) > 1)
        for _, value in node.value:
            yield from _doubled_keys(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _doubled_keys(item)

"""YAML files into cases; what is wrong in any of them is told at once, with file and case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from services.core.errors import InputError
from services.detector.casebook.cases import ExplanationCase, ExplanationFile, RuleCase, RuleFile
from services.detector.casebook.sense import case_faults
from services.detector.casebook.yaml_file import parse
from services.detector.explain import names
from services.detector.rules import RULES

RULE_IDS = tuple(rule.id for rule in RULES)
EXPLANATION_IDS = tuple(names())


@dataclass(frozen=True)
class Filed:
    """A case, the rule or explanation it is about, and the file it stands in (relative to the directory)."""

    file: str
    about: str
    case: RuleCase | ExplanationCase


def read_cases(directory: Path) -> list[Filed]:
    """The cases of `directory/*.yaml` and `directory/explanations/*.yaml`, in order of file and place.

    Raises InputError if there is no such directory or no file in it, or with every fault of every file.
    """
    if not directory.is_dir():
        raise InputError(f"{directory}: is not a directory; give the folder that holds the YAML files of cases")
    paths = [*sorted(directory.glob("*.yaml")), *sorted(directory.glob("explanations/*.yaml"))]
    if not paths:
        raise InputError(f"{directory}: holds no cases; expected files named after a rule, such as own-file.yaml")
    filed: list[Filed] = []
    faults: list[str] = []
    for path in paths:
        name = path.relative_to(directory).as_posix()
        try:
            filed += _read(path, name)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(*faults)
    return filed


def _read(path: Path, name: str) -> list[Filed]:
    content = parse(path, name)
    model, about, known = (
        (ExplanationFile, "explanation", EXPLANATION_IDS)
        if path.parent.name == "explanations"
        else (RuleFile, "rule", RULE_IDS)
    )
    faults = list(_heading_faults(content, name, about, known, path.stem))
    try:
        read = model.model_validate(content)
    except ValidationError as error:
        raise InputError(*faults, *_model_faults(error, content, name)) from error
    faults += [
        f"{name}: case '{case.name}': {fault}"
        for case in read.cases
        for fault in case_faults(case, path.stem, RULE_IDS)
    ]
    names = [case.name for case in read.cases]
    faults += [f"{name}: case '{double}': the name is given twice" for double in names if names.count(double) > 1]
    if faults:
        raise InputError(*dict.fromkeys(faults))
    return [Filed(name, path.stem, case) for case in read.cases]


def _heading_faults(
    content: dict[str, object], name: str, about: str, known: tuple[str, ...], stem: str
) -> Iterator[str]:
    given = content.get(about)
    if given not in known:
        yield f"{name}: {about}: '{given}' is not known; known are: {', '.join(known)}"
    elif given != stem:
        yield f"{name}: {about}: '{given}' belongs in a file named {given}.yaml"


def _model_faults(error: ValidationError, content: dict[str, object], name: str) -> Iterator[str]:
    for fault in error.errors():
        where, place = _place(fault["loc"], content)
        message = {"extra_forbidden": "is not a key that may stand here", "missing": "is missing"}.get(
            fault["type"], fault["msg"].removeprefix("Value error, ")
        )
        yield f"{name}: {where}{place}: {message}" if place else f"{name}: {where.rstrip(': ')}: {message}"


def _place(location: tuple[int | str, ...], content: dict[str, object]) -> tuple[str, str]:
    """`case 'a name': ` and `looks.2.at`, counted from 1 as a person does."""
    steps = [str(step + 1) if isinstance(step, int) else step for step in location]
    cases = content.get("cases")
    if len(location) < 2 or location[0] != "cases" or not isinstance(location[1], int) or not isinstance(cases, list):
        return "", ".".join(steps)
    case = cases[location[1]]
    name = case.get("name") if isinstance(case, dict) else None
    return f"case {name!r}: " if name else f"case {location[1] + 1}: ", ".".join(steps[2:])

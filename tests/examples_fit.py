"""Checks that each example of a request and of an answer fits the schema that it stands beside.

    python examples_fit.py DOCUMENT...
"""

import json
import sys

from openapi_schema_validator import OAS30Validator, oas30_format_checker


def contents(document):
    """Each content of each operation, with where it stands."""
    for item in document["paths"].values():
        for operation in item.values():
            name = operation["operationId"]
            yield f"{name}: the request", operation.get("requestBody", {}).get("content", {})
            for status, answer in operation["responses"].items():
                yield f"{name}: the answer {status}", answer.get("content", {})


def examples(media):
    """The examples that stand beside a schema."""
    if "example" in media:
        yield media["example"]
    for example in media.get("examples", {}).values():
        yield example["value"]


def main():
    checked, faults = 0, []
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
        for where, content in contents(document):
            for media in content.values():
                # References are looked for in the schema itself.
                schema = {
                    "allOf": [media.get("schema", {})],
                    "components": document["components"],
                }
                validator = OAS30Validator(schema, format_checker=oas30_format_checker)
                for example in examples(media):
                    checked += 1
                    for fault in validator.iter_errors(example):
                        faults.append(f"{path}: {where}: {fault.json_path}: {fault.message}")
    print(f"{checked} examples, {len(faults)} faults", *faults, sep="\n")
    sys.exit(bool(faults) or not checked)


if __name__ == "__main__":
    main()

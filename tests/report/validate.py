# SPDX-License-Identifier: AGPL-3.0-or-later
"""Checks every JSON line of standard input against the schema named first; says what is wrong and where."""
import json
import sys

import jsonschema

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
count = 0
for line in sys.stdin:
    count += 1
    instance = json.loads(line)
    kind = instance.get("schema", "").removeprefix("irsort.").removesuffix("/1")
    part = {"$ref": "#/$defs/" + kind, "$defs": schema["$defs"]}
    for rules in (part, schema):  # the part first: its message names the member
        problem = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(rules).iter_errors(instance))
        if problem is not None:
            sys.exit(f"line {count}, {problem.json_path}: {problem.message}")
print(count)

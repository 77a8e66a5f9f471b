# Asks Principal Mapper's policy simulation: cases as JSON on standard input, verdicts as JSON on standard output.
import collections
import collections.abc
import json
import sys

# It was written for a Python that still had these names here.
collections.Mapping = collections.abc.Mapping
collections.MutableMapping = collections.abc.MutableMapping

from principalmapper.querying.local_policy_simulation import policy_has_matching_statement  # noqa: E402
from principalmapper.util.case_insensitive_dict import CaseInsensitiveDict  # noqa: E402


def allows(policies, action, resource, context):
    def matches(effect):
        return any(
            policy_has_matching_statement(policy, effect, action, resource, CaseInsensitiveDict(context))
            for policy in policies
        )

    return matches("Allow") and not matches("Deny")


given = json.load(sys.stdin)
json.dump(
    [
        all(
            allows(policies, question["action"], question["resource"], question.get("context", {}))
            for policies in given["layers"]
        )
        for question in given["questions"]
    ],
    sys.stdout,
)

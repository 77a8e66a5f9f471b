# Holds recorded calls, a JSON object a line, against botocore's service models; prints what it finds as JSON.
import base64
import json
import re
import sys
import unicodedata
import urllib.parse
import xml.etree.ElementTree as tree

import botocore.session
from botocore.validate import ParamValidator

SERVICES = ['cognito-idp', 'cloudwatch', 'dynamodb', 'iam', 'lambda', 'logs', 'sns', 'sqs', 'ssm', 'sts']
# What every service may answer, whatever its model lists.
COMMON = set('''
AccessDenied AccessDeniedException ExpiredToken ExpiredTokenException InternalFailure InternalServerError
InvalidClientTokenId InvalidSignatureException RequestExpired SerializationException SignatureDoesNotMatch
Throttling ThrottlingException UnrecognizedClientException ValidationError ValidationException
'''.split())

session = botocore.session.get_session()
models = {name: session.get_service_model(name) for name in SERVICES}
by_target = {m.metadata['targetPrefix']: m for m in models.values() if 'targetPrefix' in m.metadata}
by_version = {m.api_version: m for m in models.values() if m.metadata['protocol'] == 'query'}
unread_patterns = set()
# Of a class of Unicode's categories, which Python's expressions do not know, and other characters.
BY_CATEGORY = re.compile(r'\^?\(?\[((?:\\p\{\w\})+)(.*)\]([+*])\)?\$?')


def matches(text, value):
    """Whether a value fits a pattern; one that cannot be read judges nothing, and is counted."""
    classes = BY_CATEGORY.fullmatch(text)
    if classes:
        categories, others, times = classes.groups()
        known = set(re.findall(r'\w(?=\})', categories))
        fits = [unicodedata.category(one)[0] in known or bool(others and re.match(f'[{others}]', one)) for one in value]
        return all(fits) and (times == '*' or bool(fits))
    try:
        return re.fullmatch(text, value) is not None
    except re.error:
        unread_patterns.add(text)
        return True


class Walk:
    """Goes through a value as it came over the wire, and gives it as botocore takes it."""

    def __init__(self, wire):
        self.wire = wire
        self.found = []

    def say(self, path, what):
        self.found.append(f'{path or "(whole)"}: {what}')

    def value(self, shape, value, path=''):
        return getattr(self, 'a_' + shape.type_name, self.a_string)(shape, value, path)

    def a_structure(self, shape, value, path):
        if not isinstance(value, dict):
            return self.say(path, 'is no structure')
        names = {self.name_of(name, member): name for name, member in shape.members.items()}
        given = {key: one for key, one in value.items() if one is not None}
        for key in given:
            if key not in names:
                self.say(f'{path}.{key}', 'is no member')
        for name in shape.required_members:
            if self.name_of(name, shape.members[name]) not in given:
                self.say(f'{path}.{name}', 'is required')
        if getattr(shape, 'is_tagged_union', False) and len(given) != 1:
            self.say(path, 'is a union and has not one member')
        return {
            names[key]: self.value(shape.members[names[key]], one, f'{path}.{key}')
            for key, one in given.items()
            if key in names
        }

    def name_of(self, name, member):
        return name if self.wire == 'json' else member.serialization.get('name', name)

    def a_list(self, shape, value, path):
        if not isinstance(value, list):
            return self.say(path, 'is no list')
        self.within(shape, len(value), path, 'members')
        return [self.value(shape.member, one, f'{path}[{n}]') for n, one in enumerate(value)]

    def a_map(self, shape, value, path):
        if not isinstance(value, dict):
            return self.say(path, 'is no map')
        self.within(shape, len(value), path, 'members')
        return {
            self.value(shape.key, key, f'{path}.(key)'): self.value(shape.value, one, f'{path}.{key}')
            for key, one in value.items()
        }

    def a_string(self, shape, value, path):
        if not isinstance(value, str):
            return self.say(path, f'is no string but {type(value).__name__}')
        self.within(shape, len(value), path, 'characters')
        if getattr(shape, 'enum', None) and value not in shape.enum:
            self.say(path, f'«{value}» is none of its values')
        pattern = shape.metadata.get('pattern')
        if pattern and not matches(pattern, value):
            self.say(path, f'does not match {pattern}')
        return value

    def a_integer(self, shape, value, path):
        if self.wire != 'json' and isinstance(value, str) and re.fullmatch(r'-?\d+', value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            return self.say(path, f'is no whole number but {type(value).__name__}')
        self.within(shape, value, path, '')
        return value

    a_long = a_integer

    def a_float(self, shape, value, path):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return self.say(path, f'is no number but {type(value).__name__}')
        return value

    a_double = a_float

    def a_boolean(self, shape, value, path):
        if self.wire != 'json' and value in ('true', 'false'):
            value = value == 'true'
        if not isinstance(value, bool):
            return self.say(path, f'is no boolean but {type(value).__name__}')
        return value

    def a_timestamp(self, shape, value, path):
        is_text = self.wire != 'json' or shape.serialization.get('timestampFormat') == 'iso8601'
        if is_text and not (isinstance(value, str) and re.match(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d', value)):
            self.say(path, 'is no time in ISO 8601')
        if not is_text and (isinstance(value, bool) or not isinstance(value, (int, float))):
            self.say(path, 'is no time in seconds')
        return value

    def a_blob(self, shape, value, path):
        try:
            data = base64.b64decode(value, validate=True)
        except (ValueError, TypeError):
            return self.say(path, 'is no base64')
        self.within(shape, len(data), path, 'bytes')
        return data

    def within(self, shape, size, path, unit):
        if size < shape.metadata.get('min', size):
            self.say(path, f'{size} {unit} are less than {shape.metadata["min"]}')
        if size > shape.metadata.get('max', size):
            self.say(path, f'{size} {unit} are more than {shape.metadata["max"]}')


def from_form(shape, fields, prefix):
    """What the Query protocol writes flat, as a tree; None where nothing begins with the prefix."""
    below = {key: one for key, one in fields.items() if not prefix or key == prefix or key.startswith(prefix + '.')}
    if not below:
        return None
    if shape.type_name == 'structure':
        start = prefix + '.' if prefix else ''
        found = {}
        known = set()
        for name, member in shape.members.items():
            wire = member.serialization.get('name', name)
            known.add(wire)
            one = from_form(member, fields, start + wire)
            if one is not None:
                found[wire] = one
        for key in below:
            head = key[len(start):].split('.')[0]
            if head not in known:
                found[head] = below[key]
        return found
    if shape.type_name == 'list':
        flat = shape.serialization.get('flattened')
        base = prefix if flat else f'{prefix}.{shape.member.serialization.get("name", "member")}'
        found = []
        while (one := from_form(shape.member, fields, f'{base}.{len(found) + 1}')) is not None:
            found.append(one)
        return found
    return fields.get(prefix)


def from_xml(shape, node):
    if shape.type_name == 'structure':
        members = {m.serialization.get('name', name): m for name, m in shape.members.items()}
        return {
            bare(child.tag): from_xml(members[bare(child.tag)], child) if bare(child.tag) in members else child.text
            for child in node
        }
    if shape.type_name == 'list':
        wanted = shape.member.serialization.get('name', 'member')
        return [from_xml(shape.member, child) if bare(child.tag) == wanted else child for child in node]
    if shape.type_name == 'map':
        return {entry[0].text: from_xml(shape.value, entry[1]) for entry in node}
    return node.text or ''


def bare(tag):
    return tag.split('}')[-1]


def rest_operation(call):
    """By method and path, as Lambda is called."""
    path = call['url'].split('?')[0]
    for name in models['lambda'].operation_names:
        operation = models['lambda'].operation_model(name)
        uri = operation.http['requestUri'].split('?')[0]
        known = re.fullmatch(re.sub(r'\{(\w+)\}', r'(?P<\1>[^/]+)', uri.rstrip('/')) + '/?', path)
        if known and operation.http['method'] == call['method']:
            return operation, {key: urllib.parse.unquote(one) for key, one in known.groupdict().items()}
    return None, {}


def rest_input(operation, call, in_path, body):
    found = dict(body)
    query = dict(urllib.parse.parse_qsl(call['url'].partition('?')[2], keep_blank_values=True))
    if operation.input_shape is None:
        return {**found, **query}
    for name, member in operation.input_shape.members.items():
        place = member.serialization.get('location')
        wire = member.serialization.get('name', name)
        source = {'uri': in_path, 'querystring': query, 'header': call['headers']}.get(place)
        if source is None:
            continue
        key = wire.lower() if place == 'header' else wire
        if key in source:
            one = source[key]
            found[name] = int(one) if member.type_name in ('integer', 'long') else one
            query.pop(key, None)
    # What is left over is no member of the request.
    return {**found, **query}


def read(call):
    """The operation, its input and output as trees, their wires, and the error's code."""
    body = base64.b64decode(call['body'])
    answer = base64.b64decode(call['answer'])
    failed = call['status'] >= 300
    target = call['headers'].get('x-amz-target')
    if target:
        prefix, _, name = target.partition('.')
        model = by_target[prefix]
        operation = model.operation_model(name)
        output = json.loads(answer or b'{}')
        code = output.get('__type', '').split('#')[-1] if failed else None
        return operation, json.loads(body or b'{}'), output, 'json', code
    form = dict(urllib.parse.parse_qsl(body.decode('latin1'), keep_blank_values=True))
    if 'Action' in form:
        action, version = form.pop('Action'), form.pop('Version')
        operation = by_version[version].operation_model(action)
        shape = operation.input_shape
        given = (from_form(shape, form, '') or {}) if shape else form
        root = tree.fromstring(answer)
        if failed:
            return operation, given, {}, 'query', next(n.text for n in root.iter() if bare(n.tag) == 'Code')
        wrapper = operation.output_shape and operation.output_shape.serialization.get('resultWrapper')
        inner = next((n for n in root if bare(n.tag) == wrapper), None)
        output = from_xml(operation.output_shape, inner) if inner is not None else {}
        if operation.output_shape is not None and inner is None:
            output = {'(no result)': True}
        return operation, given, output, 'query', None
    operation, in_path = rest_operation(call)
    if operation is None:
        raise LookupError(f'no operation is at {call["method"]} {call["url"].split("?")[0]}')
    given = rest_input(operation, call, in_path, json.loads(body or b'{}'))
    code = call['answerHeaders'].get('x-amzn-errortype', '').split(':')[0] if failed else None
    return operation, given, json.loads(answer or b'{}') if not failed else {}, 'json', code


def judge(call):
    operation, given, output, wire, code = read(call)
    where = f'{operation.service_model.service_name}.{operation.name}'
    found = []
    walk = Walk(wire)
    if operation.input_shape is None:
        found += ['request takes nothing'] if given else []
    else:
        value = walk.value(operation.input_shape, given)
        found += [f'request{one}' for one in walk.found]
        report = ParamValidator().validate(value, operation.input_shape)
        found += [f'request (botocore): {report.generate_report()}'] if report.has_errors() and not walk.found else []
    if code is not None:
        errors = {e.metadata.get('error', {}).get('code', e.name): e for e in operation.error_shapes}
        errors.update({e.name: e for e in operation.error_shapes})
        if code not in errors and code not in COMMON:
            found.append(f'answer: the error «{code}» is none of the operation')
        status = code in errors and errors[code].metadata.get('error', {}).get('httpStatusCode')
        if status and status != call['status']:
            found.append(f'answer: the error «{code}» comes with {call["status"]}, not {status}')
    elif operation.output_shape is not None:
        answered = Walk(wire)
        answered.value(operation.output_shape, output)
        found += [f'answer{one}' for one in answered.found]
    elif output:
        found.append('answer: the operation answers nothing')
    return where, found


complaints = {}
operations = {}
for line in sys.stdin:
    call = json.loads(line)
    try:
        where, found = judge(call)
    except Exception as error:
        where, found = call['headers'].get('x-amz-target', call['url']), [f'{type(error).__name__}: {error}']
    operations[where] = operations.get(where, 0) + 1
    for one in found:
        key = f'{where} ' + re.sub(r'\[\d+\]', '[]', one)
        complaints[key] = complaints.get(key, 0) + 1
json.dump({'botocore': botocore.__version__, 'operations': operations, 'complaints': complaints,
           'unreadPatterns': sorted(unread_patterns)}, sys.stdout)

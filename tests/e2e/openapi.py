"""Drive a node by what it says of itself: openapi.py SCHEMA URL

The document is checked by the schema of the OpenAPI Initiative, and its own schemas by JSON Schema 2020-12; then each
operation is asked with what it must have, once more with each example of each parameter, and with a parameter that is
none; what comes must have a status and a type that the document names, and be as its schema says.  Examples that stand
in the document are checked as well.  x-status at an example: what it is answered with.
"""
import json
import sys
import urllib.error
import urllib.parse
import urllib.request

import jsonschema

asked = checked = 0
faults = []


def fault(what, why):
    faults.append(f"{what}: {why}")


def fetch(url, method="GET", headers=None, body=None):
    global asked
    asked += 1
    request = urllib.request.Request(url, data=body, method=method, headers=headers or {})

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *args):
            return None

    try:
        with urllib.request.build_opener(Stay).open(request, timeout=20) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


class Document:
    def __init__(self, text):
        self.root = json.loads(text)
        self.resolver = jsonschema.RefResolver("", self.root)

    def of(self, thing):
        while isinstance(thing, dict) and "$ref" in thing:
            thing = self.resolver.resolve(thing["$ref"])[1]
        return thing

    def check(self, what, value, schema):
        global checked
        checked += 1
        validator = jsonschema.Draft202012Validator(schema, resolver=self.resolver)
        for error in list(validator.iter_errors(value))[:3]:
            fault(what, f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}")


def check_document(document, schema):
    errors = list(jsonschema.Draft202012Validator(schema).iter_errors(document.root))
    for error in errors[:5]:
        fault("openapi.json", f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}")

    def schemas(node):
        if isinstance(node, dict):
            if isinstance(node.get("schema"), dict):
                yield node["schema"]
            for value in node.values():
                yield from schemas(value)
        elif isinstance(node, list):
            for value in node:
                yield from schemas(value)

    names = [o["operationId"] for p in document.root["paths"].values() for o in p.values()]
    if len(names) != len(set(names)):
        fault("openapi.json", "an operationId is there twice")
    for one in list(schemas(document.root)) + list(document.root["components"]["schemas"].values()):
        jsonschema.Draft202012Validator.check_schema(one)
    for media in examples_of(document.root):
        for name, example in media["examples"].items():
            if "value" in example and "x-status" not in example and "schema" in media:
                document.check(f"example {name}", example["value"], media["schema"])


def examples_of(node):
    """Everything that has examples and a schema: media types and parameters."""
    if isinstance(node, dict):
        if isinstance(node.get("examples"), dict) and "schema" in node:
            yield node
        for value in node.values():
            yield from examples_of(value)
    elif isinstance(node, list):
        for value in node:
            yield from examples_of(value)


def check_answer(document, what, operation, status, headers, body, expected):
    if expected is not None and status != expected:
        fault(what, f"answered {status}, not {expected}: {body[:200]!r}")
        return
    responses = operation["responses"]
    response = document.of(responses.get(str(status), responses.get("default")))
    if str(status) not in responses and status < 400:
        fault(what, f"{status} is not described")
    for name, header in response.get("headers", {}).items():
        if document.of(header).get("required") and name not in headers:
            fault(what, f"no header {name}")
    content = response.get("content")
    if status == 303:
        led = fetch(urllib.parse.urljoin(sys.argv[2], headers["Location"]))
        if led[0] != 200:
            fault(what, f"leads to {headers['Location']}, which is answered {led[0]}")
    if status in (204, 304) or content is None:
        return
    kind = headers.get_content_type()
    media = content.get(kind)
    if media is None:
        fault(what, f"{status} as {kind}, which is not described")
        return
    schema = media.get("schema")
    if schema is None:
        return
    try:
        if kind == "application/x-ndjson":
            for line in body.splitlines():
                document.check(what, json.loads(line), schema)
        elif kind.endswith("json"):
            document.check(what, json.loads(body), schema)
    except ValueError as error:
        fault(what, f"not JSON: {error}: {body[:80]!r}")
        return
    if status >= 400 and kind == "application/problem+json" and json.loads(body)["status"] != status:
        fault(what, "the problem has another status than the answer")


def values_of(document, parameter):
    parameter = document.of(parameter)
    return [(e["value"], e.get("x-status")) for e in parameter.get("examples", {}).values()]


def target_of(path, parameters):
    query = []
    for (name, where), value in parameters.items():
        if where == "path":
            slashes = "/" if path.startswith(("/log/", "/mirror/")) else ""  # they belong to tlog-tiles' numbers
            path = path.replace("{" + name + "}", urllib.parse.quote(str(value), safe=slashes))
        else:
            query.append((name, str(value)))
    return path + ("?" + urllib.parse.urlencode(query) if query else "")


def exercise_get(document, url, path, operation):
    parameters = [document.of(p) for p in operation.get("parameters", [])]
    base, expected = {}, operation.get("x-status")
    for p in parameters:
        if p.get("required"):
            examples = values_of(document, p)
            if not examples:
                fault(path, f"{p['name']} is required and has no example")
                return
            base[p["name"], p["in"]], status = examples[0]
            expected = expected or status
    success = expected or min(int(s) for s in operation["responses"] if s.isdigit())
    types = []
    for status, response in operation["responses"].items():
        for kind, media in document.of(response).get("content", {}).items():
            if status.startswith(("2", "3")) and "x-only-with" not in media:  # that parameter makes it that
                types.append(kind)
    cases = [(base, success, {})] + [(base, success, {"Accept": t}) for t in types if t != "text/event-stream"]
    for p in parameters:
        for value, status in values_of(document, p):
            cases.append((base | {(p["name"], p["in"]): value}, status or success, {}))
    for chosen, status, headers in cases:
        target = target_of(path, chosen)
        what = f"GET {target} {headers.get('Accept', '')}"
        answer = fetch(url + target, headers=headers)
        check_answer(document, what, operation, *answer, status)
        if status == 200 and "ETag" in answer[1]:
            again = fetch(url + target, headers=headers | {"If-None-Match": answer[1]["ETag"]})
            check_answer(document, what + " again", operation, *again, 304)
        elif status == 200 and chosen == base and "304" in operation["responses"] and "x-etag-with" not in operation:
            fault(what, "no ETag")
        if headers.get("Accept") not in (None, answer[1].get_content_type()) and status == 200:
            fault(what, f"came as {answer[1].get_content_type()}")
    if "400" in operation["responses"]:
        answer = fetch(url + target_of(path, base | {("x-none", "query"): 1}))
        check_answer(document, f"GET {path} with a parameter that is none", operation, *answer, operation.get("x-status") or 400)


def exercise_post(document, url, path, operation):
    for kind, media in operation["requestBody"]["content"].items():
        for name, example in media.get("examples", {}).items():
            value = example["value"]
            if kind == "application/x-www-form-urlencoded":
                body = urllib.parse.urlencode(value).encode()
            else:
                body = value.encode() if isinstance(value, str) else json.dumps(value).encode()
            status = example.get("x-status") or min(int(s) for s in operation["responses"] if s.isdigit())
            answer = fetch(url + path, "POST", {"Content-Type": kind, "Accept": "application/json"}, body)
            check_answer(document, f"POST {path} {name}", operation, *answer, status)


def exercise_errors(document, url):
    """Whatever is wrong is said in a problem document (RFC 9457), also where no operation is."""
    problem = {"$ref": "#/components/schemas/Problem"}
    for method, target, expected in [
        ("GET", "/nothing", 404),
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v2/search", 404),
        ("DELETE", "/api/v1/search", 405),
        ("PUT", "/id/ISO%209001", 405),
        ("POST", "/api/v1/bulk", 405),
        ("GET", "/api/v1/search?q=%ff", 400),
        ("GET", "/api/v1/search?q=a&q=b", 400),
        ("GET", "/api/v1/search?q=" + 5000 * "a", 400),
        ("GET", "/api/v1/records/%zz", 400),
        ("GET", "/api/v1/entries/x", 400),
        ("BREW", "/", 405),
    ]:
        what = f"{method} {target[:40]}"
        status, headers, body = fetch(url + target, method)
        if status != expected or headers.get_content_type() != "application/problem+json":
            fault(what, f"answered {status} as {headers.get_content_type()}, not {expected}")
            continue
        document.check(what, json.loads(body), problem)
        if status == 405 and "Allow" not in headers:
            fault(what, "no Allow")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    url = sys.argv[2].rstrip("/")
    document = Document(fetch(url + "/openapi.json")[2])
    check_document(document, schema)
    operations = 0
    for path, item in document.root["paths"].items():
        for method, operation in item.items():
            operations += 1
            (exercise_get if method == "get" else exercise_post)(document, url, path, operation)
    exercise_errors(document, url)
    for one in faults:
        print(one)
    print(f"{len(document.root['paths'])} paths, {operations} operations, {asked} requests, {checked} bodies checked, "
          f"{len(faults)} faults")
    sys.exit(1 if faults or operations < 40 or checked < 100 else 0)


main()

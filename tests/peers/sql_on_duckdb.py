"""Runs the statements that keytrail writes for Athena and CloudTrail Lake, on DuckDB: sqlglot translates them from Trino's SQL.

Standard input is a list of jobs: {"kind": "athena" | "lake", "table": [...], "records": [...], "queries": [...]}; each record is the text of
one CloudTrail record. Standard output is a list of answers: for every query its rows, as objects of texts.
"""

import datetime
import json
import sys
import tempfile

import duckdb
import sqlglot

TEXT = ["eventversion", "eventsource", "eventname", "awsregion", "sourceipaddress", "useragent", "errorcode", "errormessage",
        "eventid", "recipientaccountid", "sharedeventid", "requestid", "eventtype"]
# The columns' types as AWS documents them, in DuckDB's words. A session of Lake is made at a timestamp, one of Athena's at a text.
TYPES = {
    "athena": {"eventtime": "VARCHAR", "creationdate": "VARCHAR", "json": "VARCHAR"},
    "lake": {"eventtime": "TIMESTAMP", "creationdate": "TIMESTAMP", "json": "MAP(VARCHAR, VARCHAR)"},
}
DAYS = ["timestamp", "year", "month", "day"]


def identity(kind):
    words = lambda names: ", ".join(f'"{name}" VARCHAR' for name in names)
    created = TYPES[kind]["creationdate"]
    return (
        f"STRUCT({words(['type', 'principalid', 'arn', 'accountid', 'invokedby', 'accesskeyid', 'username', 'identityprovider'])}, "
        f"sessioncontext STRUCT(attributes STRUCT(mfaauthenticated VARCHAR, creationdate {created}), "
        f"sessionissuer STRUCT({words(['type', 'principalid', 'arn', 'accountid', 'username'])}), "
        "ec2roledelivery VARCHAR, sourceidentity VARCHAR))"
    )


def columns(kind):
    types = TYPES[kind]
    found = {name: "VARCHAR" for name in TEXT}
    found |= {"useridentity": identity(kind), "eventtime": types["eventtime"],
              "resources": "STRUCT(arn VARCHAR, accountid VARCHAR, type VARCHAR)[]",
              "requestparameters": types["json"], "responseelements": types["json"]}
    if kind == "athena":
        found |= {name: "VARCHAR" for name in DAYS}
    return found


def lower(value):
    """Names of columns and of a struct's fields have no capitals."""
    if isinstance(value, dict):
        return {name.lower(): lower(inner) for name, inner in value.items()}
    return [lower(inner) for inner in value] if isinstance(value, list) else value


def when(text):
    """A time in UTC and whole seconds; None where it is none."""
    try:
        at = datetime.datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return at.astimezone(datetime.timezone.utc).replace(microsecond=0, tzinfo=None) if at.tzinfo else None


def row(kind, text):
    record = json.loads(text)
    lowered = lower(record)
    found = {name: lowered.get(name) for name in columns(kind)}
    at = when(record.get("eventTime"))
    for name, place in (("requestParameters", "requestparameters"), ("responseElements", "responseelements")):
        found[place] = nested(kind, record.get(name))
    if kind == "athena":
        # A file lies under the day it was delivered on, a quarter of an hour later; what has no time was delivered as well.
        delivered = (at or datetime.datetime(2026, 11, 18)) + datetime.timedelta(minutes=15)
        found["timestamp"] = delivered.strftime("%Y/%m/%d")
        found["year"], found["month"], found["day"] = found["timestamp"].split("/")
    else:
        found["eventtime"] = at and str(at)
        attributes = (((found["useridentity"] or {}).get("sessioncontext") or {}).get("attributes") or {})
        if "creationdate" in attributes:
            made = when(attributes["creationdate"])
            attributes["creationdate"] = made and str(made)
    return found


def nested(kind, value):
    """A text of JSON in Athena, a map of texts in Lake; what is nested deeper is JSON there too."""
    if kind == "athena":
        return None if value is None else json.dumps(value)
    if not isinstance(value, dict):
        return None
    return {name: inner if isinstance(inner, str) else json.dumps(inner) for name, inner in value.items() if inner is not None}


def run(job):
    kind, records = job["kind"], job["records"]
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    *schema, table = job["table"]
    # A store of Lake is named by its id alone, which DuckDB would take for a subtraction.
    name = "lake" if kind == "lake" else ".".join(f'"{part}"' for part in (*schema, table))
    for part in schema:
        connection.execute(f'CREATE SCHEMA "{part}"')
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        for text in records:
            file.write(json.dumps(row(kind, text)) + "\n")
        file.flush()
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM read_json(?, format = 'newline_delimited', columns = ?)", [file.name, columns(kind)])
    answers = []
    for query in job["queries"]:
        if kind == "lake":
            query = query.replace(f"FROM {table}", "FROM lake")
        (statement,) = sqlglot.transpile(query, read="athena" if kind == "athena" else "trino", write="duckdb")
        result = connection.execute(statement)
        names = [column[0] for column in result.description]
        answers.append([dict(zip(names, found)) for found in result.fetchall()])
    return answers


if __name__ == "__main__":
    json.dump([run(job) for job in json.load(sys.stdin)], sys.stdout)

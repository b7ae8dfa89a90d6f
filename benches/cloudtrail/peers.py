"""The other readers of the benchmark: the same rows by DuckDB, by jq with sort and awk, and by Python's own gzip and json.

Each writes calls.csv and keys.csv into the working directory. A record that stands there twice counts once; the role of a refused call
stands in its message only.
"""

import csv
import glob
import gzip
import json
import re
import shlex
import subprocess
import sys

RESOURCE = re.compile(r"on resource: (\S+)")


def files(trail):
    return sorted(glob.glob(f"{trail}/**/*.json.gz", recursive=True))


def python(trail):
    seen, calls, keys = set(), [], {}
    for path in files(trail):
        with gzip.open(path) as file:
            records = json.load(file)["Records"]
        for record in records:
            name = (record["recipientAccountId"], record["eventID"])
            if name in seen:
                continue
            seen.add(name)
            key, at = record["userIdentity"].get("accessKeyId"), record["eventTime"]
            if key:
                used = keys.setdefault(key, [0, at, at])
                used[0] += 1
                used[1], used[2] = min(used[1], at), max(used[2], at)
            if record["eventName"].startswith("AssumeRole"):
                asked = record["requestParameters"] or {}
                refused = RESOURCE.search(record.get("errorMessage", ""))
                role = asked.get("roleArn") or (refused and refused[1])
                calls.append([at, key, role, asked.get("roleSessionName"), record["sourceIPAddress"]])
    write("calls.csv", ["time", "key", "role", "session", "address"], sorted(calls, key=str))
    write("keys.csv", ["key", "calls", "first", "last"], sorted([key, *used] for key, used in keys.items()))


def write(name, head, rows):
    with open(name, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows(rows)


def duckdb(trail):
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET preserve_insertion_order = false")
    connection.execute(f"""
        CREATE TEMP TABLE records AS
        SELECT DISTINCT ON (r.recipientAccountId, r.eventID)
               r.recipientAccountId AS account, r.eventID AS id, r.eventTime AS happened, r.eventName AS name,
               r.userIdentity.accessKeyId AS key, r.sourceIPAddress AS address,
               CASE WHEN starts_with(r.eventName, 'AssumeRole') THEN coalesce(r.requestParameters.roleArn,
                    regexp_extract(r.errorMessage, 'on resource: (\\S+)', 1)) END AS role,
               r.requestParameters.roleSessionName AS session
        FROM (SELECT unnest(Records) AS r FROM read_json('{trail}/**/*.json.gz', maximum_object_size = 268435456, columns = {{
            Records: 'STRUCT(eventTime VARCHAR, eventName VARCHAR, eventID VARCHAR, recipientAccountId VARCHAR,
                             sourceIPAddress VARCHAR, errorMessage VARCHAR, userIdentity STRUCT(accessKeyId VARCHAR),
                             requestParameters STRUCT(roleArn VARCHAR, roleSessionName VARCHAR))[]'}}))
    """)
    connection.execute("""
        COPY (SELECT happened AS time, key, role, session, address FROM records WHERE starts_with(name, 'AssumeRole') ORDER BY ALL)
        TO 'calls.csv' (HEADER)""")
    connection.execute("""
        COPY (SELECT key, count(*) AS calls, min(happened) AS first, max(happened) AS last FROM records WHERE key IS NOT NULL
              GROUP BY key ORDER BY key) TO 'keys.csv' (HEADER)""")


def jq(trail):
    fields = """.Records[] | [.recipientAccountId, .eventID, .eventTime, .eventName, .userIdentity.accessKeyId // "",
        .requestParameters.roleArn // ((.errorMessage // "") | capture("on resource: (?<role>\\\\S+)").role) // "",
        .requestParameters.roleSessionName // "", .sourceIPAddress] | @tsv"""
    script = f"""set -euo pipefail
        export LC_ALL=C
        find {shlex.quote(str(trail))} -name '*.json.gz' -print0 | sort -z | xargs -0 gzip -dc | jq -r {shlex.quote(fields)} |
        sort -t "$(printf '\\t')" -u -k1,2 |
        awk -F '\\t' -v OFS=, '
            BEGIN {{ print "time,key,role,session,address" > "calls.csv"; print "key,calls,first,last" > "keys.csv" }}
            $4 ~ /^AssumeRole/ {{ print $3, $5, $6, $7, $8 > "calls.csv" }}
            $5 != "" {{ count[$5]++
                if (!($5 in first) || $3 < first[$5]) first[$5] = $3
                if ($3 > last[$5]) last[$5] = $3 }}
            END {{ for (key in count) print key, count[key], first[key], last[key] > "keys.csv" }}'"""
    subprocess.run(["bash", "-c", script], check=True)


if __name__ == "__main__":
    {"duckdb": duckdb, "jq": jq, "python": python}[sys.argv[1]](sys.argv[2])

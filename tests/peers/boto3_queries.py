"""boto3 asks the demo company's Athena and CloudTrail Lake: the statements come in the environment, the answers must have AWS's shapes."""

import json
import os
import time
import uuid

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint, region = os.environ["AWS_ENDPOINT_URL"], "eu-west-1"
config = Config(retries={"max_attempts": 1})
STORE = "4d9f5cf3-8c1b-4b3a-9a38-5e1f0c2d7b64"


def client(service, **credentials):
    return boto3.client(service, endpoint_url=endpoint, region_name=region, config=config, **credentials)


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        return str(error)
    raise AssertionError(f"{code} expected, the call went through")


athena = client("athena")
output = {"OutputLocation": "s3://acme-athena/keytrail"}


def ended(query, states=("SUCCEEDED", "FAILED", "CANCELLED")):
    seen = []
    while True:
        execution = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]
        seen.append(execution["Status"]["State"])
        if seen[-1] in states:
            return execution, seen
        time.sleep(0.05)


def start(sql, **more):
    return athena.start_query_execution(QueryString=sql, **{"ResultConfiguration": output, **more})["QueryExecutionId"]


token = str(uuid.uuid4())
query = start(os.environ["ATHENA_CALLS"], ClientRequestToken=token)
assert start(os.environ["ATHENA_CALLS"], ClientRequestToken=token) == query, "the same token is the same query"
refused("InvalidRequestException", start, sql=os.environ["ATHENA_TALLIES"], ClientRequestToken=token)
assert "has not yet finished" in refused("InvalidRequestException", athena.get_query_results, QueryExecutionId=query)
execution, seen = ended(query)
assert seen == ["QUEUED", "RUNNING", "SUCCEEDED"], seen
assert execution["Statistics"]["DataScannedInBytes"] > 0
pages = list(athena.get_paginator("get_query_results").paginate(QueryExecutionId=query, PaginationConfig={"PageSize": 100}))
assert len(pages) > 1
names = [column["Name"] for column in pages[0]["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]]
rows = [[cell.get("VarCharValue") for cell in row["Data"]] for page in pages for row in page["ResultSet"]["Rows"]]
assert rows[0] == names and len(rows) > 100, "the first row is the header, once"
calls = [dict(zip(names, row)) for row in rows[1:]]
assert len({(call["recipient"], call["event_id"]) for call in calls}) == len(calls)
assert not any("IQoJ" in (cell or "") for row in rows for cell in row), "no session token"

gone, _ = ended(start(os.environ["ATHENA_CALLS"].replace("cloudtrail_logs", "nothing")))
assert gone["Status"]["State"] == "FAILED" and "TABLE_NOT_FOUND" in gone["Status"]["StateChangeReason"]
shut, _ = ended(start(os.environ["ATHENA_CALLS"], ResultConfiguration={"OutputLocation": "s3://elsewhere/"}))
assert "Access denied when writing output" in shut["Status"]["StateChangeReason"]
assert "No output location" in refused("InvalidRequestException", athena.start_query_execution, QueryString="SELECT 1")
stopped = start(os.environ["ATHENA_TALLIES"])
athena.stop_query_execution(QueryExecutionId=stopped)
assert ended(stopped)[0]["Status"]["State"] == "CANCELLED"
table = athena.get_table_metadata(CatalogName="AwsDataCatalog", DatabaseName="security", TableName="cloudtrail_logs")["TableMetadata"]
assert table["Parameters"]["projection.timestamp.format"] == "yyyy/MM/dd"
refused("MetadataException", athena.get_table_metadata, CatalogName="AwsDataCatalog", DatabaseName="security", TableName="nothing")

session = client("sts").assume_role(
    RoleArn="arn:aws:iam::222222222222:role/keytrail-audit", RoleSessionName="peers", ExternalId="acme-keytrail"
)["Credentials"]
lake = client(
    "cloudtrail",
    aws_access_key_id=session["AccessKeyId"],
    aws_secret_access_key=session["SecretAccessKey"],
    aws_session_token=session["SessionToken"],
)
query = lake.start_query(QueryStatement=os.environ["LAKE_TALLIES"])["QueryId"]
seen = [lake.describe_query(QueryId=query)["QueryStatus"] for _ in range(3)]
assert seen == ["QUEUED", "RUNNING", "FINISHED"], seen
rows, more = [], {}
while True:
    page = lake.get_query_results(QueryId=query, MaxQueryResults=50, **more)
    rows += [{name: cell for column in row for name, cell in column.items()} for row in page["QueryResultRows"]]
    if "NextToken" not in page:
        break
    more = {"NextToken": page["NextToken"]}
assert len(rows) == page["QueryStatistics"]["TotalResultsCount"] > 50
whole = sum(int(row["calls"]) for row in rows if row["facet"] == "window")
assert whole >= sum(int(row["calls"]) for row in rows if row["facet"] == "key") > 0
refused("EventDataStoreNotFoundException", lake.start_query, QueryStatement=os.environ["LAKE_TALLIES"].replace(STORE, str(uuid.uuid4())))
refused("InvalidQueryStatementException", lake.start_query, QueryStatement="DROP TABLE x")
refused("InactiveQueryException", lake.cancel_query, QueryId=query)
refused("QueryIdNotFoundException", lake.describe_query, QueryId=str(uuid.uuid4()))
waiting = lake.start_query(QueryStatement=os.environ["LAKE_CALLS"])["QueryId"]
assert lake.cancel_query(QueryId=waiting)["QueryStatus"] == "CANCELLED"
print(json.dumps({"calls": len(calls), "rows": len(rows)}))

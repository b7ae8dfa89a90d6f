"""A user whose key is rotated, on moto, by boto3: made, given a second key, and looked at afterwards.

    moto_rotation.py ENDPOINT seed            five calls; prints the operator's pair, the user's pair
    moto_rotation.py ENDPOINT second|drop     a second key for the user, and away with it
    moto_rotation.py ENDPOINT state ID SECRET what is there now, and whether this pair is let in

All but `seed` take the operator's pair from the environment.
"""

import json
import sys

import boto3
from botocore.exceptions import ClientError

endpoint, what, *rest = sys.argv[1:]
USER = "ci-moto"


def client(service, **given):
    return boto3.client(service, endpoint_url=endpoint, region_name="us-east-1", **given)


def pair(answer):
    key = answer["AccessKey"]
    return {"id": key["AccessKeyId"], "secret": key["SecretAccessKey"]}


def seed(iam):
    iam.create_user(UserName="operator")
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    iam.put_user_policy(UserName="operator", PolicyName="all", PolicyDocument=json.dumps(everything))
    operator = pair(iam.create_access_key(UserName="operator"))
    iam.create_user(UserName=USER)
    user = pair(iam.create_access_key(UserName=USER))
    # From here on moto asks who calls. The users may see who they are.
    return {"operator": operator, "user": user}


def listed(iam):
    return [(key["AccessKeyId"], key["Status"]) for key in iam.list_access_keys(UserName=USER)["AccessKeyMetadata"]]


def let_in(key, secret):
    sts = client("sts", aws_access_key_id=key, aws_secret_access_key=secret)
    try:
        return sts.get_caller_identity()["Arn"]
    except ClientError as error:
        return error.response["Error"]["Code"]


if what == "seed":
    print(json.dumps(seed(client("iam", aws_access_key_id="testing", aws_secret_access_key="testing"))))
elif what == "second":
    print(json.dumps(pair(client("iam").create_access_key(UserName=USER))))
elif what == "drop":
    client("iam").delete_access_key(UserName=USER, AccessKeyId=rest[0])
    print("{}")
elif what == "state":
    print(json.dumps({"keys": listed(client("iam")), "let_in": let_in(*rest)}))

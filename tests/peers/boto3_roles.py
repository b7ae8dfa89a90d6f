"""boto3 makes a role for web identities at the demo company's AWS, uses it and deletes it, as somebody who may change things."""

import base64
import json
import os
import time

import boto3
from botocore.exceptions import ClientError

endpoint = os.environ["AWS_ENDPOINT_URL"]


def client(service, **credentials):
    return boto3.client(service, endpoint_url=endpoint, region_name="us-east-1", **credentials)


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        found = error.response["Error"]["Code"]
        assert found == code, f"{found} instead of {code}"
        return error
    raise AssertionError(f"{call.__name__} was not refused")


iam = client("iam")
sts = client("sts")
account = sts.get_caller_identity()["Account"]
made = iam.create_open_id_connect_provider(
    Url="https://gitlab.acme.example", ClientIDList=["sts.amazonaws.com", "https://gitlab.acme.example"]
)
provider = made["OpenIDConnectProviderArn"]
assert provider == f"arn:aws:iam::{account}:oidc-provider/gitlab.acme.example", provider
refused("EntityAlreadyExists", iam.create_open_id_connect_provider, Url="https://gitlab.acme.example")
shown = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=provider)
assert shown["Url"] == "gitlab.acme.example" and len(shown["ClientIDList"]) == 2, shown

subject = "project_path:acme/platform/infra:ref_type:branch:ref:main"
trust = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Federated": provider},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {"gitlab.acme.example:sub": subject}},
        }
    ],
}
role = iam.create_role(RoleName="peer-jobs", AssumeRolePolicyDocument=json.dumps(trust), Description="a test")["Role"]
assert role["Arn"] == f"arn:aws:iam::{account}:role/peer-jobs" and role["AssumeRolePolicyDocument"] == trust, role
refused("EntityAlreadyExists", iam.create_role, RoleName="peer-jobs", AssumeRolePolicyDocument=json.dumps(trust))
assert "LastUsedDate" not in iam.get_role(RoleName="peer-jobs")["Role"].get("RoleLastUsed", {})
policy = "arn:aws:iam::aws:policy/SecurityAudit"
iam.attach_role_policy(RoleName="peer-jobs", PolicyArn=policy)
assert [one["PolicyArn"] for one in iam.list_attached_role_policies(RoleName="peer-jobs")["AttachedPolicies"]] == [policy]


def token(ref):
    claims = {
        "iss": "https://gitlab.acme.example",
        "aud": "sts.amazonaws.com",
        "sub": subject.replace("ref:main", f"ref:{ref}"),
        "exp": int(time.time()) + 3600,
    }
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"e30.{body}.sig"


def enter(ref):
    return sts.assume_role_with_web_identity(
        RoleArn=role["Arn"], RoleSessionName="job-1", WebIdentityToken=token(ref)
    )


opened = enter("main")
assert opened["SubjectFromWebIdentityToken"] == subject and opened["Audience"] == "sts.amazonaws.com", opened
refused("AccessDenied", enter, ref="other")
used = iam.get_role(RoleName="peer-jobs")["Role"]["RoleLastUsed"]
assert used["Region"] == "us-east-1" and "LastUsedDate" in used, used

refused("DeleteConflict", iam.delete_role, RoleName="peer-jobs")
iam.detach_role_policy(RoleName="peer-jobs", PolicyArn=policy)
iam.delete_role(RoleName="peer-jobs")
refused("NoSuchEntity", iam.get_role, RoleName="peer-jobs")
iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=provider)
refused("NoSuchEntity", iam.get_open_id_connect_provider, OpenIDConnectProviderArn=provider)
print("a role and a provider were made, used and deleted")

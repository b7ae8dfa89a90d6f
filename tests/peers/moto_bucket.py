"""Puts the files below a folder into a bucket of moto's and lets a trail deliver into it: ENDPOINT FOLDER BUCKET PREFIX."""

import pathlib
import sys

import boto3

endpoint, folder, bucket, prefix = sys.argv[1:]
given = {"endpoint_url": endpoint, "region_name": "us-east-1", "aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
s3 = boto3.client("s3", **given)
s3.create_bucket(Bucket=bucket)
root = pathlib.Path(folder)
files = sorted(path for path in root.rglob("*") if path.is_file())
for path in files:
    key = f"{prefix}/{path.relative_to(root).as_posix()}"
    # As CloudTrail stores them: whoever unpacks by this header would unpack twice.
    s3.put_object(Bucket=bucket, Key=key, Body=path.read_bytes(), ContentType="application/json", ContentEncoding="gzip")
trail = boto3.client("cloudtrail", **given)
trail.create_trail(Name="organisation", S3BucketName=bucket, S3KeyPrefix=prefix, IsMultiRegionTrail=True)
print(len(files))

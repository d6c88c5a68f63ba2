"""`aws-sm:NAME#FIELD`: a secret of AWS Secrets Manager, through boto3.

Region and credentials are found as boto3 finds them. With `#FIELD` the secret is a JSON object;
without it the whole text is the secret.
"""

from __future__ import annotations

import json
from contextlib import closing
from functools import partial
from pathlib import Path

from runner.model.errors import Refused, RunnerError, Unavailable
from runner.secrets.quietly import Answer, absent, quietly
from runner.secrets.shown import shown

_TIMEOUT_S = 10
#: What the operator must do next. Source: the API reference of GetSecretValue, its errors.
_REFUSALS = {
    "AccessDeniedException": "may not be read with these AWS credentials: look at their policy",
    "DecryptionFailure": "cannot be decrypted with these AWS credentials: look at its KMS key",
    "ExpiredTokenException": "was not read: the AWS credentials have expired",
    "InvalidRequestException": "is marked as deleted, or has no value",
    "ResourceNotFoundException": "is not in AWS Secrets Manager in this region",
    "UnrecognizedClientException": "was not read: AWS does not know these credentials",
}
_LATER = frozenset({"InternalServiceError", "ServiceUnavailable", "ThrottlingException"})


def read(name: str, rule_file: Path) -> str:
    """The field's text, or the whole secret."""
    return quietly(partial(_secret, name))


def _secret(name: str) -> Answer:
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import ClientError, ConnectionError, HTTPClientError, SSLError
    except ImportError:
        return absent("boto3", "aws")
    secret_id, _, field = name.partition("#")
    settings = Config(
        connect_timeout=_TIMEOUT_S,
        read_timeout=_TIMEOUT_S,
        retries={"mode": "standard", "total_max_attempts": 2},
    )
    try:
        client = boto3.session.Session().client("secretsmanager", config=settings)
        if not client.meta.endpoint_url.startswith("https://"):  # the answer is the secret
            return Refused("AWS Secrets Manager is asked by https:// only: unset AWS_ENDPOINT_URL")
        with closing(client):
            answer = client.get_secret_value(SecretId=secret_id)
    except ClientError as error:
        return _refusal(error.response.get("Error", {}).get("Code"), name)
    except SSLError:
        return Refused("the certificate of AWS is not trusted: look at AWS_CA_BUNDLE and the proxy")
    except (ConnectionError, HTTPClientError):
        return Unavailable("AWS Secrets Manager does not answer: look at the network, then start")
    except Exception:  # no region, no credentials, a profile that is not there …
        return Refused(
            f"{shown('aws-sm', name)} was not read: region, credentials or profile of AWS are "
            "missing or wrong; `aws sts get-caller-identity` shows them"
        )
    text = answer.get("SecretString")
    if not isinstance(text, str):
        return Refused(f"{shown('aws-sm', name)} is binary: store it as text")
    return _field(text, field, name) if field else text


def _refusal(code: object, name: str) -> RunnerError:
    if code in _LATER:
        return Unavailable("AWS Secrets Manager is not available now: start again later")
    why = _REFUSALS.get(str(code), "was refused by AWS Secrets Manager")
    return Refused(f"{shown('aws-sm', name)} {why}")


def _field(text: str, field: str, name: str) -> Answer:
    try:
        fields = json.loads(text)
    except ValueError:
        fields = None
    found = fields.get(field) if isinstance(fields, dict) else None
    if isinstance(found, str):
        return found
    return Refused(f"{shown('aws-sm', name)} is not a field with text of a JSON object")

"""What the emulator does otherwise than AWS, dealt with when deploying to it, so that the product need not know."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from deployment.emulator import HOST, Emulator


def fill_template(template: dict[str, Any], emulator: Emulator) -> None:
    """Say in the template what the emulator does not read where AWS reads it, and where AWS is."""
    rest_api = template["Resources"]["RestAPI"]["Properties"]
    rest_api["BinaryMediaTypes"] = rest_api["DefinitionBody"]["x-amazon-apigateway-binary-media-types"]
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    variables["AWS_ENDPOINT_URL"] = emulator.endpoint_url
    variables["BUCKET_ORIGIN"] = emulator.endpoint_url
    variables["ALLOW_PRIVATE_WEBHOOKS"] = "true"
    for logical_id, resource in list(template["Resources"].items()):
        if resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource["Properties"]:
            del template["Resources"][logical_id]  # it computes no metrics from others, and has nothing to alarm about


def fill_api(api: Any, template: dict[str, Any]) -> None:
    """Give the deployed API what importing its definition lost, and the plain address; `api` is a client of API Gateway."""
    rest_api = next(item["id"] for item in api.get_rest_apis()["items"])
    definition = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    pages = api.get_paginator("get_resources").paginate(restApiId=rest_api, embed=["methods"])
    resources = {item["path"]: item for page in pages for item in page["items"]}
    for path, methods in definition["paths"].items():
        _answer_preflight(api, rest_api, resources[path], methods)
        _answer_any_method(api, rest_api, resources[path])
    for kind, answer in definition["x-amazon-apigateway-gateway-responses"].items():
        _answer_strays(api, rest_api, kind, answer)
    api.create_deployment(restApiId=rest_api, stageName="api")
    _serve_at_root(api, rest_api)


def _answer_preflight(api: Any, rest_api: str, resource: dict[str, Any], methods: dict[str, Any]) -> None:
    """Put the headers of the CORS preflight back."""
    if "options" not in methods:
        return
    answer = methods["options"]["x-amazon-apigateway-integration"]["responses"]["default"]
    api.put_integration_response(
        restApiId=rest_api,
        resourceId=resource["id"],
        httpMethod="OPTIONS",
        statusCode=answer["statusCode"],
        responseParameters=answer["responseParameters"],
    )


def _answer_any_method(api: Any, rest_api: str, resource: dict[str, Any]) -> None:
    """Let the methods that no route has reach the app, as `x-amazon-apigateway-any-method` does."""
    if "ANY" in resource["resourceMethods"]:
        return
    known = next(method for method in resource["resourceMethods"] if method != "OPTIONS")
    place = {"restApiId": rest_api, "resourceId": resource["id"]}
    integration = api.get_integration(**place, httpMethod=known)
    api.put_method(**place, httpMethod="ANY", authorizationType="NONE")
    api.put_integration(**place, httpMethod="ANY", type="AWS_PROXY", integrationHttpMethod="POST", uri=integration["uri"])


def _answer_strays(api: Any, rest_api: str, kind: str, answer: dict[str, Any]) -> None:
    """Put back the gateway's answer to one kind of request that never reaches the app."""
    status = {"statusCode": str(answer["statusCode"])} if "statusCode" in answer else {}
    api.put_gateway_response(
        restApiId=rest_api,
        responseType=kind,
        responseParameters=answer["responseParameters"],
        responseTemplates=answer["responseTemplates"],
        **status,
    )


def _serve_at_root(api: Any, rest_api: str) -> None:
    """Map the loopback address to the API, as a custom domain is mapped on AWS."""
    try:
        api.create_domain_name(domainName=HOST)
        api.create_base_path_mapping(domainName=HOST, basePath="(none)", restApiId=rest_api, stage="api")
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConflictException":
            raise

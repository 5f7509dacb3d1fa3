"""Our loader gives botocore the very descriptions that its own gives."""

import json

import botocore.session
import pytest
from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader

from chalicelib.aws.clients import dynamodb_client, s3_client, ses_client, step_functions_client
from chalicelib.aws.models import SERVICES, ServiceLoader


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("kind", ["service-2", "endpoint-rule-set-1", "paginators-1"])
def test_descriptions_are_those_of_botocore(service: str, kind: str) -> None:
    assert json.dumps(ServiceLoader().load_service_model(service, kind)) == json.dumps(Loader().load_service_model(service, kind))


@pytest.mark.parametrize("name", ["endpoints", "partitions", "sdk-default-configuration", "_retry"])
def test_shared_data_are_those_of_botocore(name: str) -> None:
    assert ServiceLoader().load_data(name) == Loader().load_data(name)


def test_every_client_is_of_a_service_the_loader_knows() -> None:
    made = [dynamodb_client(), s3_client(), step_functions_client(), ses_client()]
    assert sorted(client.meta.service_model.service_name for client in made) == sorted(SERVICES)


def test_other_services_are_refused_by_name() -> None:
    session = botocore.session.get_session()
    session.register_component("data_loader", ServiceLoader())
    with pytest.raises(UnknownServiceError, match="'sqs'"):
        session.create_client("sqs", region_name="eu-central-1")

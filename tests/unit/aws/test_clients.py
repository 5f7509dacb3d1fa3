"""How the clients are set up."""

from urllib.parse import parse_qs, urlsplit

from chalicelib.aws import clients


def test_clients_are_made_once() -> None:
    assert clients.dynamodb_client() is clients.dynamodb_client()
    assert clients.s3_client() is clients.s3_client()


def test_calls_end_before_the_gateway_gives_up() -> None:
    config = clients.dynamodb_client().meta.config
    assert (config.connect_timeout, config.read_timeout, config.max_pool_connections) == (3, 20, 32)
    assert config.retries == {"mode": "adaptive", "total_max_attempts": 6}


def test_links_are_signed_with_version_four() -> None:
    url = clients.s3_client().generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"}, ExpiresIn=60)
    assert parse_qs(urlsplit(url).query)["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]

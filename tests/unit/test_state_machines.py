import json
from typing import Any

import boto3
from moto import mock_aws

from tests.state_machines import ACCOUNT, MOTO_CONFIG, ROLE, Call, ended, tasks_in_process
from tests.tables import REGION

DEFINITION = json.dumps(
    {
        "StartAt": "Double",
        "States": {
            "Double": {
                "Type": "Task",
                "Resource": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:Double",
                "Catch": [{"ErrorEquals": ["ValueError"], "Next": "Recover"}],
                "End": True,
            },
            "Recover": {"Type": "Pass", "Result": {"recovered": True}, "End": True},
        },
    }
)


def run(task: Any, state: Any) -> tuple[dict[str, Any], list[Call]]:
    with mock_aws(config=MOTO_CONFIG), tasks_in_process({"Double": task}) as calls:
        client = boto3.client("stepfunctions", region_name=REGION)
        machine = client.create_state_machine(name="m", definition=DEFINITION, roleArn=ROLE)["stateMachineArn"]
        execution = client.start_execution(stateMachineArn=machine, input=json.dumps(state))["executionArn"]
        return ended(client, execution), calls


def test_task_gets_its_input_and_gives_its_output() -> None:
    outcome, calls = run(lambda event, _: {"n": event["n"] * 2}, {"n": 4})
    assert (outcome["status"], json.loads(outcome["output"]), calls) == ("SUCCEEDED", {"n": 8}, [Call("Double", {"n": 4})])


def test_exception_is_caught_by_its_class_name() -> None:
    def fail(event: Any, context: Any) -> None:
        raise ValueError("no")

    outcome, _ = run(fail, {})
    assert (outcome["status"], json.loads(outcome["output"])) == ("SUCCEEDED", {"recovered": True})


def test_output_over_the_limit_fails_the_execution() -> None:
    outcome, _ = run(lambda event, _: "x" * 262_143, {})
    assert outcome["status"] == "FAILED"

"""Starting the emulator."""

from __future__ import annotations

from types import SimpleNamespace

from deployment.emulator_start import remember_expressions


def test_expression_is_parsed_once_and_each_asker_has_tokens_of_its_own() -> None:
    parsed: list[str] = []

    def parse(expression: str, *_: str) -> list[str]:
        parsed.append(expression)
        return expression.split()

    dynamodb = SimpleNamespace(_tokenize=parse, _condition_syntax_error=parse)
    remember_expressions(dynamodb)
    dynamodb._tokenize("a = b").clear()
    assert dynamodb._tokenize("a = b") == ["a", "=", "b"]
    assert dynamodb._condition_syntax_error("c", "slot") == dynamodb._condition_syntax_error("c", "slot")
    assert parsed == ["a = b", "c"]


def test_emulator_without_these_functions_is_left_as_it_is() -> None:
    dynamodb = SimpleNamespace()
    remember_expressions(dynamodb)
    assert vars(dynamodb) == {}
